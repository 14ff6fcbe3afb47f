using System.Text.Json;
using Recon.Sandbox.Api;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Control;

/// <summary>What is below <c>/sandbox</c>: traps, edits as a person makes them, and a look at calls and records.</summary>
internal sealed class ControlApi(SandboxPortal portal, SandboxTraps traps, CallLog calls)
{
    private const long Visitor = 7_000_002;

    public const string Root = "/sandbox";

    /// <param name="path">What follows <see cref="Root"/>.</param>
    public ApiAnswer Answer(string method, string path, JsonElement? body)
    {
        try
        {
            return (method, path) switch
            {
                ("GET", "/traps") => TrapList(),
                ("POST", "/traps") => Set(Object(body)),
                ("DELETE", "/traps") => Done(traps.Clear),
                ("POST", "/edit") => Done(() => Edit(Object(body))),
                ("POST", "/merge") => Done(() => portal.Merge(Text(body, "type"), Text(body, "id"), Text(body, "into"))),
                ("POST", "/archive") => Done(() => portal.Archive(Text(body, "type"), Text(body, "id"))),
                ("POST", "/property") => Done(() => DescribedProperty.Define(portal, Object(body))),
                ("POST", "/required") => Done(() => DescribedProperty.Require(portal, Object(body))),
                ("GET", "/calls") => LookJson.Calls(calls),
                ("GET", "/records") => LookJson.Records(portal),
                _ => throw new ApiException(ApiFault.NoSuchPath()),
            };
        }
        catch (ApiException exception)
        {
            return ErrorJson.Answer(exception.Fault, "sandbox");
        }
        catch (Exception exception) when (exception is KeyNotFoundException or FormatException)
        {
            return ErrorJson.Answer(ApiFault.Invalid(exception.Message), "sandbox");
        }
    }

    private static JsonElement Object(JsonElement? body)
        => body is { ValueKind: JsonValueKind.Object } json ? json : throw new ApiException(ApiFault.BadJson("a JSON object is expected."));

    private static string Text(JsonElement? body, string name) => BodyReader.Text(Object(body), name);

    private static ApiAnswer Done(Action action)
    {
        action();
        return new ApiAnswer(204, []);
    }

    private void Edit(JsonElement body)
    {
        long user = body.TryGetProperty("user", out JsonElement number) && number.ValueKind == JsonValueKind.Number ? number.GetInt64() : Visitor;
        portal.Edit(BodyReader.Text(body, "type"), BodyReader.Text(body, "id"), BodyReader.Text(body, "property"), BodyReader.Text(body, "value"), user);
    }

    private ApiAnswer Set(JsonElement body)
    {
        SandboxTrap[] all = [.. (body.TryGetProperty("trap", out _) ? [BodyReader.Text(body, "trap")] : BodyReader.Texts(body, "traps")).Select(SandboxTrap.Parse)];
        foreach (SandboxTrap trap in all)
        {
            traps.Add(trap);
        }

        return TrapList();
    }

    private ApiAnswer TrapList() => new(200, Json.Of(json => json.WriteStrings("traps", traps.Set.Select(trap => trap.ToString()))));
}
