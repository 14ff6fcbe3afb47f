using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Runs;

/// <summary>What lookups did not find in a whole run, and the likely cause.</summary>
internal static class MissReport
{
    /// <summary>Fewest parents that say something when none of them is found.</summary>
    public const int LeastParents = 20;

    /// <param name="isWhole">Whether this process read every batch: of those that an earlier attempt committed nothing is known.</param>
    /// <returns>The warnings; the ones that a cause could not be found for say what to look at.</returns>
    public static async Task<IReadOnlyList<Miss>> TellAsync(RunContext run, MirrorSession mirror, bool isWhole, CancellationToken cancellationToken)
    {
        List<Miss> warnings = [];
        int least = run.Request.Limit is null ? 0 : LeastParents;
        foreach ((LookupTally tally, MirrorTable? table) in mirror.Tallies)
        {
            ValidLookup lookup = tally.Definition;
            if (lookup.Role == LookupRole.Fallback)
            {
                warnings.AddRange(isWhole && tally.Found == 0 && tally.Asked > least ? [new Miss(lookup.Label, NothingFound(tally))] : (Miss[])[]);
                continue;
            }

            (IReadOnlyList<string> ids, bool areAll) = tally.Unfound;
            IReadOnlyDictionary<MissCause, int> causes = table is null || ids.Count == 0
                ? new Dictionary<MissCause, int>()
                : await AskAsync(run.Sources.Lookup, lookup, table, ids, cancellationToken);
            if (isWhole && lookup.Role == LookupRole.Parent && tally is { Found: 0, Asked: > LeastParents })
            {
                warnings.Add(new Miss(lookup.Label, NoParent(tally, causes.Count == 0)));
            }

            warnings.AddRange(causes.OrderByDescending(cause => cause.Value).ThenBy(cause => cause.Key).Select(cause => new Miss(lookup.Label, MissText.Of(lookup, cause.Key, cause.Value, ids.Count, areAll))));
        }

        return warnings;
    }

    // A warning without its cause is better than a run that fails at its end, or counts as stopped when it is published.
    internal static async Task<IReadOnlyDictionary<MissCause, int>> AskAsync(
        NpgsqlDataSource source, ValidLookup lookup, MirrorTable table, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
            return await MissProbe.AskAsync(connection, lookup, table, ids, cancellationToken);
        }
        catch (Exception lost) when (PostgresFaults.IsBroken(lost) || lost is OperationCanceledException)
        {
            return new Dictionary<MissCause, int>();
        }
    }

    private static string NothingFound(LookupTally tally)
        => $"fallback '{tally.Definition.Label}' found nothing for {Show(tally.Asked, "record")} that no earlier lookup had found: compare "
            + $"{tally.Definition.From} of the file with {tally.Definition.Table}.{tally.Definition.Key}, and look at \"where\".";

    private static string NoParent(LookupTally tally, bool isOpen)
        => $"none of the {Show(tally.Asked, "id")} of parent '{tally.Definition.Label}' in {tally.Definition.From} has a HubSpot record"
            + (isOpen ? $", in no usual spelling: is {tally.Definition.Table}.{tally.Definition.Key} the column that holds these ids, and is it filled?" : ".");
}

/// <summary>What a lookup did not find, for people.</summary>
internal sealed record Miss(string Lookup, string Text);
