using System.Text.Json.Serialization;
using Recon.Dataflow.Binding;

namespace Recon.Cli.Hosting;

/// <summary>The document of <c>--json</c> when a command failed before it had a result.</summary>
internal sealed record ErrorDocument(ErrorDetails Error)
{
    /// <param name="problems">What is wrong with the definition, if that is the failure.</param>
    public static string Write(string message, int exitCode, IReadOnlyList<DefinitionProblem>? problems = null)
        => JsonText.Of(
            new ErrorDocument(new ErrorDetails(
                message,
                exitCode,
                problems?.Select(each => new ProblemDocument(each.File, each.Line, each.Column, each.JsonPath, each.Message)).ToArray())),
            ErrorJson.Default.ErrorDocument);
}

internal sealed record ErrorDetails(
    string Message,
    int ExitCode,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemDocument>? Problems);

/// <param name="Path">The place in the definition's document.</param>
internal sealed record ProblemDocument(string File, int Line, int Column, string Path, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class ErrorJson : JsonSerializerContext;
