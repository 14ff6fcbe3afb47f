using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Runs.Gates;

/// <summary>The ids of one parent that led to no single HubSpot record.</summary>
/// <param name="Ids">Ids in the file that were not empty.</param>
/// <param name="Reasons">The ids by reason, most first.</param>
/// <param name="Sample">One of them; <see langword="null"/> when none was kept.</param>
internal sealed record UnresolvedParents(
    ValidLookup Lookup, long Ids, long Count, IReadOnlyList<KeyValuePair<string, long>> Reasons, string? Sample)
{
    private const int LeastToTell = 10;

    /// <summary>Whether they are so many that whoever reads the result should know: more than half, and at least 10.</summary>
    public bool IsNotable => Count >= LeastToTell && Count * 2 > Ids;

    /// <summary>Sums up what was counted, by lookup in the order of the definition.</summary>
    public static IReadOnlyList<UnresolvedParents> Of(BatchCounts counts, ValidPipeline pipeline) =>
    [
        .. from lookup in pipeline.Lookups
           where lookup.Role == LookupRole.Parent
           let entries = counts.UnresolvedParents.Where(entry => entry.Key.Property == lookup.Label).ToArray()
           where entries.Length > 0
           select new UnresolvedParents(
               lookup,
               counts.ParentIds.GetValueOrDefault(lookup.Label),
               entries.Sum(entry => entry.Value),
               [
                   .. entries.GroupBy(entry => entry.Key.Reason, (reason, of) => KeyValuePair.Create(reason, of.Sum(entry => entry.Value)))
                       .OrderByDescending(reason => reason.Value),
               ],
               entries.Select(entry => entry.Key.Sample).FirstOrDefault(sample => sample is not null)),
    ];

    /// <summary>How many ids led nowhere, why, and what to do.</summary>
    /// <param name="mask">Hides values of records.</param>
    public Excess Tell(Func<string, string>? mask)
    {
        string reasons = string.Join(", ", Reasons.Select(reason => $"{Show(reason.Value)} {reason.Key}"));
        string sample = Sample is { } text ? $", such as \"{RejectedValuesText.Plain(mask?.Invoke(text) ?? text)}\"" : "";
        string finding = $"{Lookup.Label}: {Show(Count)} of {Show(Ids, "id")} of {Lookup.From} led to no single record of {Lookup.Table} ({reasons}){sample}";
        string[] type = Reasons.Any(reason => reason.Key == "malformed")
            ? [$"The ids are read as {Lookup.IdType.ToString().ToLowerInvariant()}: set \"fromType\" of the lookup if they are written otherwise."]
            : [];
        return new Excess(finding, [.. type, .. KeyAdvice.Of(Lookup, Count, Ids)], Lookup.Label);
    }
}
