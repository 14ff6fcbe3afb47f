using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Postgres.Checks;

namespace Recon.Cli.Rendering;

/// <summary>Results of a definition's tests as text and as JSON. Their records are the author's own, so nothing is masked.</summary>
internal static class TestReport
{
    /// <summary>The results as people read them: failures with what was expected and what came out.</summary>
    public static string Draw(IReadOnlyList<DefinitionTestResult> results)
    {
        var text = new StringBuilder();
        foreach (DefinitionTestResult result in results)
        {
            text.Append(result.Passed ? "passed  " : "FAILED  ").Append(result.Pipeline).Append(": ").Append(result.Test).Append('\n');
            foreach (TestDifference difference in result.Differences)
            {
                text.Append("        ").Append(difference).Append('\n');
            }
        }

        int failed = results.Count(result => !result.Passed);
        return text.Append(CultureInfo.InvariantCulture, $"{results.Count - failed} passed, {failed} failed.\n").ToString();
    }

    /// <summary>The results as findings about the definition, for tools that read those.</summary>
    public static IReadOnlyList<Finding> Findings(IReadOnlyList<DefinitionTestResult> results, DefinitionReading reading) =>
    [
        .. results.Select(result => new Finding(
            result.Passed ? FindingSeverity.Ok : FindingSeverity.Error,
            result.Pipeline,
            $"test {result.Test}",
            result.Passed ? "It passed." : string.Join('\n', result.Differences),
            null,
            reading.Locations.File,
            reading.Locations.Find(
                reading.Definition!.Pipelines.First(pipeline => pipeline.Name == result.Pipeline).Tests.First(test => test.Name == result.Test)))),
    ];

    public static string Json(IReadOnlyList<DefinitionTestResult> results) => JsonText.Of(
        new TestsDocument(
            results.Count(result => result.Passed),
            results.Count(result => !result.Passed),
            [.. results.Select(result => new TestDocument(result.Pipeline, result.Test, result.Passed, result.Differences))]),
        TestJson.Default.TestsDocument);
}

internal sealed record TestsDocument(int Passed, int Failed, IReadOnlyList<TestDocument> Tests);

internal sealed record TestDocument(string Pipeline, string Test, bool Passed, IReadOnlyList<TestDifference> Differences);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TestsDocument))]
internal sealed partial class TestJson : JsonSerializerContext;
