using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recon.Review.Model;

namespace Recon.Review.Reports;

/// <summary>A report as text in one of its formats, with as much as fits into what takes it.</summary>
internal static class ReportText
{
    /// <summary>What can be sent by mail and opens at once.</summary>
    public const int MostHtml = 400_000;

    /// <summary>What a comment of a pull request takes, in characters.</summary>
    public const int MostMarkdown = 60_000;

    private static readonly JsonWriterOptions s_json = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="format"><c>html</c>, <c>markdown</c> or <c>json</c>.</param>
    /// <param name="build">Makes the document, with so much detail.</param>
    public static string Of(string format, Func<ReportDetail, ReportDocument> build) => format switch
    {
        "html" => Fitting(build, HtmlReport.Of, text => Encoding.UTF8.GetByteCount(text) < MostHtml),
        "markdown" => Fitting(build, MarkdownReport.Of, text => text.Length < MostMarkdown),
        _ => Json(build(ReportDetail.Most)),
    };

    private static string Fitting(Func<ReportDetail, ReportDocument> build, Func<ReportDocument, bool, string> write, Func<string, bool> fits)
    {
        string text = "";
        foreach (ReportDetail detail in ReportDetail.Levels)
        {
            text = write(build(detail), detail != ReportDetail.Most);
            if (fits(text))
            {
                break;
            }
        }

        return text;
    }

    private static string Json(ReportDocument report)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, s_json))
        {
            JsonSerializer.Serialize(json, report, ReportJson.Default.ReportDocument);
        }

        return Encoding.UTF8.GetString(text.WrittenSpan) + "\n";
    }
}
