using System.Globalization;
using System.Text;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;

namespace Recon.Cli.Rendering;

/// <summary>What <c>recon init</c> tells people: the mapping with its evidence, what is doubtful, what is left, and what comes next.</summary>
internal static class InitText
{
    private const int MostNames = 12;

    /// <param name="width">Columns of the terminal; null for the whole table.</param>
    public static string Draw(InitResult result, int? width)
    {
        PipelineProposal proposal = result.Draft.Proposal;
        StringBuilder text = new();
        Say($"{result.Draft.Settings.Name}: {result.Draft.Settings.Path} → {proposal.Table}");
        text.Append('\n');
        Say($"file: {File(proposal.File)}");
        foreach (string note in proposal.File.Notes)
        {
            Say(note);
        }

        if (proposal.File.Damage.Count > 0)
        {
            Say($"damage: {string.Join("; ", proposal.File.Damage.GroupBy(each => each.Kind).Select(kind => $"{Words(kind.Key)} ({Columns(kind)})"))}; 'recon profile {proposal.File.Path}' tells more");
        }

        Say($"id: {proposal.Id.Column} = {proposal.Id.Key}: {proposal.Id.Evidence}{(proposal.Id.IsCertain ? "" : " (not sure)")}");
        foreach (FilterProposal filter in proposal.Exclude)
        {
            Say($"left out: {filter.Column} = {filter.EqualTo}: {filter.Evidence}");
        }

        foreach (FilterProposal filter in proposal.Where)
        {
            Say($"of the mirror: {filter.Column} = {filter.EqualTo}: {filter.Evidence}");
        }

        text.Append('\n').Append(TextTable.Draw(
            width,
            ["column", "property", "conversion", ">agree", ">of pairs", "/doubt"],
            [
                .. result.Draft.Active.Select(property => Row(property, property.IsCertain ? "" : Doubt(property.Evidence))),
                .. result.Draft.Doubtful.Select(doubtful => Row(doubtful.Property, $"a comment only: {Doubt(doubtful.Why)}")),
            ]));
        if (proposal.Parents.Count > 0)
        {
            text.Append('\n').Append(TextTable.Draw(
                width,
                ["column", "parent", ">ids found", ">of", "/doubt"],
                [
                    .. proposal.Parents.Select(parent => (string[])
                    [
                        parent.Column, $"→ {parent.Name} ({parent.Table}.{parent.Key})", Show.Count(parent.Shared), Show.Count(parent.Asked), parent.IsCertain ? "" : parent.Evidence,
                    ]),
                ]));
        }

        text.Append('\n');
        SayLeft("Columns of the file that become nothing", proposal.Unmapped);
        SayLeft($"Columns of {proposal.Table} that nothing becomes", proposal.MirrorUnmapped);
        return text.ToString();

        void Say(string line) => text.Append(TextWrap.ToTerminal(line, width, breakWords: false)).Append('\n');

        void SayLeft(string title, IReadOnlyList<LeftOut> columns)
        {
            if (columns.Count > 0)
            {
                Say($"{title}: {string.Join(", ", columns.Take(MostNames).Select(column => column.Column))}"
                    + (columns.Count > MostNames ? $" and {Show.Count(columns.Count - MostNames)} others" : "") + ".");
            }
        }
    }

    /// <summary>What became of the tests that the definition has for the pipeline.</summary>
    public static string Tested(IReadOnlyList<DefinitionTestResult> tests)
        => tests.Count == 0 ? "it has no test, as none could be made up" : tests.All(test => test.Passed) ? "its test passes" : "its test FAILS";

    /// <summary>What to do after the file was written.</summary>
    /// <param name="option">How the commands find the file; empty for the usual one.</param>
    /// <param name="variable">A variable that has to be set first; null for none.</param>
    public static string Next(InitResult result, string option, string? variable)
    {
        string name = result.Draft.Settings.Name;
        (string Command, string Purpose)[] steps =
        [
            .. variable is null ? [] : ((string, string)[])[($"export {variable}=…", "the connection string, which no definition holds")],
            ($"recon run {name} --dry-run{option}", "reads and compares, writes nothing, shows the first changes"),
            ($"recon run {name}{option}", "stages the result"),
            ($"recon report --out report.html{option}", "for whoever has to agree"),
        ];
        int width = steps.Max(step => TextWidth.Of(step.Command));
        return string.Concat(steps.Select(step => $"  {TextWidth.PadRight(step.Command, width)}  {step.Purpose}\n"));
    }

    private static string Percent(long part, long of) => $"{(100.0 * part / of).ToString("0.0", CultureInfo.InvariantCulture)} %";

    private static string File(FileProfile file)
        => $"{file.Encoding.Value}, {Delimiter(file.Delimiter.Value)}, {(file.Header.Value ? "with a header" : "no header")}: "
            + $"{Show.Count(file.Records, "record")}{(file.IsSampled ? " of the beginning, the middle and the end" : "")}, {Show.Count(file.Columns.Count, "column")}"
            + (file.Malformed == 0 ? "" : $"; {Show.Count(file.Malformed, "record")} cannot be read");

    // The share of pairs has columns of its own.
    private static string Doubt(string evidence)
        => evidence.Split("; ", 2) is [var share, var rest] && share.EndsWith("pairs agree", StringComparison.Ordinal) ? rest : evidence;

    private static string Words(DamageKind kind) => kind switch
    {
        DamageKind.DestroyedDates => "dates of which the day is lost",
        DamageKind.CutTexts => "cut texts",
        DamageKind.Mojibake => "text that was decoded wrongly",
        DamageKind.SpreadsheetNumbers => "numbers that a spreadsheet rewrote",
        DamageKind.RepeatedIds => "repeated ids",
        DamageKind.SpreadsheetErrors => "errors of a spreadsheet",
        DamageKind.MalformedRecords => "records that cannot be read",
        _ => "invisible white space",
    };

    private static string Columns(IEnumerable<Damage> damage)
    {
        string[] names = [.. damage.Select(each => each.Column).OfType<string>().Distinct(StringComparer.Ordinal)];
        return names.Length == 0 ? Show.Count(damage.Sum(each => each.Values))
            : string.Join(", ", names.Take(3)) + (names.Length > 3 ? $" and {Show.Count(names.Length - 3)} others" : "");
    }

    private static string Delimiter(string delimiter) => delimiter switch
    {
        "," => "commas",
        ";" => "semicolons",
        "tab" => "tabs",
        _ => $"delimiter {delimiter}",
    };

    private static string[] Row(PropertyProposal property, string doubt)
    {
        PropertyDefinition definition = property.Definition;
        return
        [
            definition.Column ?? "",
            $"→ {definition.Property}{(definition.Mirror == definition.Property ? "" : $" ({definition.Mirror})")}",
            definition.Convert.Count > 0 ? string.Join(", ", definition.Convert.Select(step => step.Label))
                : definition.Compare is { } compare and not Dataflow.Values.Text.TextComparisonDefinition ? compare.Kind : "",
            property.Pairs == 0 ? "" : Percent(property.Agree, property.Pairs),
            Show.Count(property.Pairs),
            doubt,
        ];
    }
}
