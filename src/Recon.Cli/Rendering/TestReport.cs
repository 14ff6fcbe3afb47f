using System.Globalization;
using System.Text;
using Recon.Dataflow.Explain;

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

    /// <summary>The results as one JSON document.</summary>
    public static string Json(IReadOnlyList<DefinitionTestResult> results) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("passed", results.Count(result => result.Passed));
        json.WriteNumber("failed", results.Count(result => !result.Passed));
        json.WriteStartArray("tests");
        foreach (DefinitionTestResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("pipeline", result.Pipeline);
            json.WriteString("test", result.Test);
            json.WriteBoolean("passed", result.Passed);
            json.WriteStartArray("differences");
            foreach (TestDifference difference in result.Differences)
            {
                json.WriteStartObject();
                json.WriteString("legacy_id", difference.LegacyId);
                json.WriteString("what", difference.What);
                json.WriteString("expected", difference.Expected);
                json.WriteString("actual", difference.Actual);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
