using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs.Gates;

namespace Recon.Postgres.Runs;

/// <summary>What people should know at the end of a run although nothing failed.</summary>
internal static class RunWarnings
{
    /// <summary>The warnings of the input, the damaged values by column, and what was found of the mirror.</summary>
    /// <param name="exceeded">Gates that tell part of it already.</param>
    /// <param name="changes">What was done to the mirror while the run read it.</param>
    public static IReadOnlyList<RunWarning> Of(
        RunInput input,
        BatchCounts counts,
        MirrorSession mirror,
        IReadOnlyList<ExceededGate> exceeded,
        IReadOnlyList<Miss> misses,
        IReadOnlyList<string> changes)
        =>
        [
            .. input.Reader.Warnings.Select(text => new RunWarning(WarningKind.Input, text)),
            .. input.DestroyedDates.Select(column => new RunWarning(WarningKind.LostDates, column.Warning, column.Column, column.Destroyed)),
            .. counts.Damage.OrderBy(damage => damage.Key, StringComparer.Ordinal)
                .Select(damage => Of(damage, input.Cuts.Patterns)),
            .. counts.Matched + counts.Ambiguous == 0 && counts.Unmatched > 0 && exceeded.All(gate => gate.Name != "maxUnmatched")
                ? [new RunWarning(WarningKind.NothingMatched, NothingMatched(counts, mirror.Plan.Definition))]
                : (RunWarning[])[],
            .. mirror.Misfits.Select(text => new RunWarning(WarningKind.Misfit, text)),
            .. counts.Contested > 0 ? [new RunWarning(WarningKind.Contested, Contested(counts, mirror.Plan.Definition))] : (RunWarning[])[],
            .. misses.Select(miss => new RunWarning(WarningKind.NotFound, miss.Text)),
            .. changes.Select(text => new RunWarning(WarningKind.MirrorChanged, text)),
        ];

    /// <summary>The warnings of decisions that did not come to what somebody wanted.</summary>
    /// <param name="left">Decisions that were made while the run went on, and that only the next one can apply.</param>
    public static IReadOnlyList<RunWarning> Of(DecisionTally decisions, int left, string pipeline)
    {
        string[] texts =
        [
            .. decisions.Refused == 0 ? (string[])[]
                : [$"{CountText.Show(decisions.Refused, "decision")} {(decisions.Refused == 1 ? "is" : "are")} refused, because what {(decisions.Refused == 1 ? "it names" : "they name")} is gone: "
                    + $"the records were judged without {(decisions.Refused == 1 ? "it" : "them")}, and their notes say so. Decide anew, or 'recon decide {pipeline} ID --undo'."],
            .. decisions.Unused == 0 ? (string[])[]
                : [$"{CountText.Show(decisions.Unused, "decision")} {(decisions.Unused == 1 ? "is" : "are")} about records that the result does not have. 'recon decisions list --pipeline {pipeline}' shows them."],
            .. left == 0 ? (string[])[]
                : [$"{CountText.Show(left, "decision")} made while the run went on {(left == 1 ? "is" : "are")} not in its result. The next run applies {(left == 1 ? "it" : "them")}."],
        ];
        return texts.Length == 0 ? [] : [new RunWarning(WarningKind.Decisions, string.Join(' ', texts), Count: decisions.Refused)];
    }

    private static RunWarning Of(KeyValuePair<string, long> damage, IReadOnlyList<CutPattern> cuts)
    {
        string[] key = damage.Key.Split('/', 2);
        WarningKind kind = key[0] switch
        {
            "mojibake" => WarningKind.Misread,
            "mojibake-repaired" => WarningKind.Repaired,
            "cut" => WarningKind.CutTexts,
            _ => WarningKind.LostCharacters,
        };
        return new RunWarning(kind, Describe(damage, cuts), key[1], damage.Value);
    }

    private static string NothingMatched(BatchCounts counts, ValidPipeline pipeline)
        => $"none of the {CountText.Show(counts.Unmatched)} records that were looked up has a HubSpot record. {string.Join(' ', KeyAdvice.Of(pipeline.Match))}";

    private static string Contested(BatchCounts counts, ValidPipeline pipeline)
    {
        long respelled = counts.Remarks.GetValueOrDefault(Claims.RespelledRemark);
        string spelling = respelled == 0 ? ""
            : $" {(respelled == counts.Contested ? "All" : CountText.Show(respelled))} were found by their legacy id, as was another: their ids are two spellings "
                + "of one, or the mirror has the HubSpot record twice. Correct the ids in the legacy CRM.";
        string many = respelled == counts.Contested ? "" : " If several legacy records belong to one HubSpot record, set \"claims\": \"many\".";
        return $"{CountText.Show(counts.Contested, "record")} {(counts.Contested == 1 ? "is" : "are")} ambiguous because other legacy records "
            + "claim the same HubSpot record by an equal or stronger rule. The notes of the staged rows name all claimants: recon show "
            + $"{pipeline.Name} --status ambiguous.{spelling}{many}";
    }

    public static string Describe(KeyValuePair<string, long> damage, IReadOnlyList<CutPattern> cuts)
    {
        // The key is kind/column.
        string kind = damage.Key.Split('/')[0];
        string column = damage.Key[(kind.Length + 1)..];
        string values = CountText.Show(damage.Value, "value");
        return kind switch
        {
            "mojibake" => $"{values} of {column} {(damage.Value == 1 ? "looks" : "look")} like UTF-8 that was once read as Latin-1 (\u00C3\u00A9 for \u00E9). Nothing "
                + $"was changed; \"repair\": \"latin1\" in the csv block repairs {(damage.Value == 1 ? "it" : "them")}.",
            "mojibake-repaired" => $"{values} of {column} {(damage.Value == 1 ? "was" : "were")} UTF-8 that was once read as Latin-1; repaired.",
            "cut" => $"{CountText.Show(damage.Value, "text")} of {column} {(damage.Value == 1 ? "looks" : "look")} cut {CutPattern.InWords(column, cuts)}. "
                + "Where HubSpot's text is longer, nothing is staged (\"onTruncated\"); the others are staged. Export whole texts.",
            _ => $"{values} of {column} {(damage.Value == 1 ? "holds" : "hold")} U+FFFD: characters were lost before the export. Export them again from the source.",
        };
    }
}
