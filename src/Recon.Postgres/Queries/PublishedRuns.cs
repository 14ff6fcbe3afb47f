using System.Globalization;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>A run in the log whose result was published, with what comparing it needs.</summary>
/// <param name="Former">The table that holds what it replaced; <see langword="null"/> when that is not kept.</param>
internal sealed record PublishedEntry(
    Guid RunId, DateTime Started, bool Partial, string Definition, string Input, string Tool, string? Former)
{
    public ComparedRun Shown => new(RunId, Started.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}

/// <summary>The runs of a pipeline whose results were published, the earliest first.</summary>
internal sealed class PublishedRuns
{
    private readonly string _pipeline;
    private readonly List<PublishedEntry> _runs;

    private PublishedRuns(string pipeline, List<PublishedEntry> runs) => (_pipeline, _runs) = (pipeline, runs);

    public IReadOnlyList<PublishedEntry> All => _runs;

    /// <summary>The earliest run whose result is still known.</summary>
    private int First => _runs.FindLastIndex(run => run.Former is null) is var unknown && unknown < 0 ? 0 : unknown;

    public static async Task<PublishedRuns> ReadAsync(
        NpgsqlConnection connection, StagingTables tables, string pipeline, CancellationToken cancellationToken)
        => new(pipeline, await SqlText.Of($"""
            select run_id, started_at, partial, definition_fingerprint, input_fingerprint, tool_version,
                (select to_jsonb(g) ->> 'former_table' where to_regclass(quote_ident($2) || '.' || quote_ident(to_jsonb(g) ->> 'former_table')) is not null)
            from {tables.Log} g where pipeline = $1 and outcome = 'completed' order by finished_at, run_id
            """).ListAsync(
                connection,
                row => new PublishedEntry(
                    row.GetGuid(0), row.GetDateTime(1), row.GetBoolean(2), row.GetString(3), row.GetString(4), row.GetString(5), row[6] as string),
                cancellationToken,
                SqlValue.Of(pipeline),
                SqlValue.Of(tables.Schema.Value)));

    /// <summary>Chooses what to compare: two runs, one with the one before it, or the last two.</summary>
    /// <param name="one">A run; <see langword="null"/> for the last one.</param>
    /// <param name="other">Another one; <see langword="null"/> for the one before <paramref name="one"/>.</param>
    /// <returns>The places of both, the earlier first.</returns>
    /// <exception cref="NotComparableException">A result is not known any more, or there are not two.</exception>
    public (int From, int To) Choose(Guid? one, Guid? other)
    {
        if (_runs.Count < 2)
        {
            throw new NotComparableException(_runs.Count == 0 ? "No run of it was published." : "Only one run of it was published: there is nothing to compare with.");
        }

        int to = one is { } run ? IndexOf(run) : _runs.Count - 1;
        int from = other is { } second ? IndexOf(second) : to - 1;
        (from, to) = (Math.Min(from, to), Math.Max(from, to));
        if (from < First)
        {
            string known = _runs.Count - First < 2 ? "Only the last result is known."
                : $"Known are the results of {string.Join(", ", _runs.Skip(First).Select(each => each.RunId))}.";
            throw new NotComparableException(
                $"The result of {(from < 0 ? $"the run before {_runs[to].RunId}" : $"run {_runs[from].RunId}")} is not known any more. {known} "
                + "A whole run keeps the result before its own and forgets earlier ones; so does 'recon clear'. "
                + "Nothing is kept where the definition says \"keepFormer\": false, of an empty result, of a table of another login, when a table of the "
                + "former layout is exchanged, and by earlier versions.");
        }

        return (from, to);
    }

    private int IndexOf(Guid run) => _runs.FindIndex(each => each.RunId == run) is var index and >= 0 ? index
        : throw new NotComparableException($"Run {run} did not publish a result of it.");
}
