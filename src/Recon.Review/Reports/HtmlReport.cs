using System.Globalization;
using Recon.Review.Markup;
using Recon.Review.Model;
using Recon.Review.Sections;

namespace Recon.Review.Reports;

/// <summary>A report as one file that needs nothing else: no script, no picture, no request.</summary>
internal static class HtmlReport
{
    public static string Of(ReportDocument report, bool isShortened)
    {
        return Html.Of($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src {StyleSheet.Source}; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
            <title>Reconciliation report: {string.Join(", ", report.Pipelines.Select(each => each.Pipeline))}</title>
            {StyleSheet.Element}</head><body>
            <header class="top"><h1>Reconciliation report</h1><p class="what"><time>{report.GeneratedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</time>{(report.Masked ? Html.Of($""" <span class="badge">values are hidden</span>""") : Html.None)}</p></header>
            <main>{OverviewSection.Of(report)}{report.Pipelines.Select(PipelineSection.Of)}</main>
            <footer><p>{(isShortened ? "Shortened to keep the file small: fewer changes and samples of each thing are told than usual. " : "")}Nothing was changed in HubSpot by this report, or by the runs that it tells of. Made by <span class="id">recon {report.ToolVersion}</span>.</p></footer>
            </body></html>

            """).ToString();
    }
}
