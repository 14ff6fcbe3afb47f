using System.Text;
using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>Reads errors: the body of a refused call, or an item of <c>errors</c> in any answer.</summary>
internal static class ErrorReader
{
    public static ApiError Read(JsonElement error, int status)
    {
        string message = error.Text("message") ?? "HubSpot gave no reason.";
        (string? property, string? code) = Detail(error, message);
        return new ApiError(
            status,
            error.Text("category"),
            Named(error.Get("subCategory")),
            code,
            message,
            property);
    }

    /// <summary>What the context of an error names, wherever it is: on the error, or on one of its details.</summary>
    public static IEnumerable<string> Context(JsonElement error, params IReadOnlyList<string> names)
        => from part in (IEnumerable<JsonElement>)[error, .. error.Get("errors").Items()]
           from name in names
           from text in part.Get("context").Get(name).Texts()
           select text;

    private static (string? Property, string? Code) Detail(JsonElement error, string message)
    {
        string? property = Context(error, "propertyName", "name").FirstOrDefault();
        string? code = error.Get("errors").Items().Select(detail => detail.Text("code")).OfType<string>().FirstOrDefault() ?? error.Text("code");
        if (property is not null)
        {
            return (property, code ?? Named(error.Get("subCategory")));
        }

        // The older addresses put a list of the properties behind the message's text: […{"error":"INVALID_OPTION","name":"type"}].
        int at = message.IndexOf("[{", StringComparison.Ordinal);
        JsonElement? list = at < 0 ? null : AnswerBody.Parse(Encoding.UTF8.GetBytes(message[at..]));
        JsonElement first = list?.Items().FirstOrDefault() ?? default;
        return (first.Text("name"), first.Text("error") ?? code ?? Named(error.Get("subCategory")));
    }

    private static string? Named(JsonElement category) => category.ValueKind == JsonValueKind.Object ? category.Text("name") : category.Text();
}
