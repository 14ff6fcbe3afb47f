using System.Text.RegularExpressions;

namespace Recon.Cli.Tests.Docs;

/// <summary>What commands print, with what is not the same twice made equal: times, run ids, ports and places.</summary>
internal static partial class SteadyText
{
    public static string Of(string text)
    {
        text = RunId().Replace(text, "00000000-0000-0000-0000-000000000000");
        text = Timestamp().Replace(text, "2026-01-01 00:00:00");
        text = SummaryHead().Replace(text, "  seconds  rows/s");
        text = SummaryEnd().Replace(text, "  0.00  0");
        text = Seconds().Replace(text, "0.00 s");
        text = LogSeconds().Replace(text, "  0.00  00000000-");
        text = Port().Replace(text, ":5432");
        text = Database().Replace(text, "crm");
        text = LookAtIt().Replace(text, "Look at it: psql …");
        return SpacedHead().Replace(text, head => Blanks().Replace(head.Value, "  "));
    }

    /// <summary>Without what limited a run, which is told only of one that takes some seconds.</summary>
    public static string WithoutVerdict(string text) => Verdict().Replace(text, "");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex RunId();

    [GeneratedRegex("20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?=Z| UTC|  )")]
    private static partial Regex Timestamp();

    [GeneratedRegex(" +[0-9.]+ +[0-9,]+(?=\n)(?<=  [0-9]+[.][0-9]{2} +[0-9,]+)")]
    private static partial Regex SummaryEnd();

    [GeneratedRegex("[0-9]+[.][0-9]{1,3} s\\b")]
    private static partial Regex Seconds();

    [GeneratedRegex(" +[0-9]+[.][0-9]{2}  00000000-")]
    private static partial Regex LogSeconds();

    [GeneratedRegex("(?<=127[.]0[.]0[.]1|localhost):[0-9]{2,5}\\b")]
    private static partial Regex Port();

    [GeneratedRegex("recon_test_[0-9_]+")]
    private static partial Regex Database();

    [GeneratedRegex("Look at it: .*")]
    private static partial Regex LookAtIt();

    [GeneratedRegex(" +seconds +rows/s(?=\n)")]
    private static partial Regex SummaryHead();

    // The widths of this table follow from times.
    [GeneratedRegex("^(started +pipeline|2026-01-01 00:00:00  ).*$", RegexOptions.Multiline)]
    private static partial Regex SpacedHead();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();

    // What limited is told of a run of some seconds only, and so on a machine that has other work.
    [GeneratedRegex("^[a-z]+: (probably: )?('[^'\n]+' limits:|What (follows the last|comes before the first) |The [a-z0-9]+ cores? of ).*\n(  .*\n)*", RegexOptions.Multiline)]
    private static partial Regex Verdict();
}
