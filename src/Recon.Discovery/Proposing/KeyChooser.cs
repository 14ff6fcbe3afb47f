using Npgsql;
using Recon.Dataflow.Extract;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Names;
using Recon.Postgres.Catalog;
using Recon.Postgres.Discovery;
using Recon.Postgres.Lookups;

namespace Recon.Discovery.Proposing;

/// <summary>Chooses the table and the columns by which a file's records are found.</summary>
/// <param name="columns">The columns of the file that look like ids.</param>
/// <param name="budget">For tables that nobody named; <see langword="null"/> where one is named.</param>
/// <param name="limitOfOne">How long one statement about a named table may take.</param>
internal sealed class KeyChooser(
    NpgsqlConnection connection, KeySearch search, FileSample file, IReadOnlyList<IdColumn> columns, SearchBudget? budget, TimeSpan limitOfOne)
{
    private const int MostTablesJudged = 8;

    // Columns that agree once the tables are joined: fewer say that the join may be a wrong one.
    private const double WeakJoin = 0.8;

    private readonly List<string> _misses = [];

    /// <param name="table">The table that was named, with its schema; <see langword="null"/> for all.</param>
    /// <param name="all">All tables that the role may read.</param>
    /// <exception cref="InputException">No column of the file shares values with the table; the message says what was tried.</exception>
    /// <exception cref="MirrorException">The table does not exist, or cannot be read.</exception>
    public async Task<KeyChoice> ChooseAsync(string? table, IReadOnlyList<MirrorTable> all, CancellationToken cancellationToken)
    {
        IReadOnlyList<MirrorTable> wanted = table is null ? all : [await FindAsync(SqlTable.Parse(table), cancellationToken)];
        KeyChoice? choice = await TryAsync(columns, wanted, cancellationToken);
        if (choice is null || choice.Candidates[0].Agreeing < WeakJoin)
        {
            KeyChoice? other = await TryAsync(IdColumn.Others(file), wanted, cancellationToken);
            choice = choice is null || other?.Candidates[0].Agreeing > WeakJoin + choice.Candidates[0].Agreeing ? other : choice;
        }

        return choice ?? throw NothingShared(table, wanted);
    }

    private async Task<MirrorTable> FindAsync(SqlTable name, CancellationToken cancellationToken)
        => await MirrorCatalog.FindAsync(connection, name, cancellationToken) is not { } found ? throw MirrorException.MissingTable(name)
            : found.CanSelect ? found : throw MirrorException.NoSelect(name);

    private async Task<KeyChoice?> TryAsync(IReadOnlyList<IdColumn> ids, IReadOnlyList<MirrorTable> tables, CancellationToken cancellationToken)
    {
        List<(IdScan Scan, double Promise)> scans = [];
        foreach (MirrorTable table in tables)
        {
            IdScan? found = budget is null
                ? await search.ScanAsync(table, ids, limitOfOne, cancellationToken)
                : await budget.TryAsync(table, limit => search.ScanAsync(table, ids, limit, cancellationToken));
            if (found is { } scan)
            {
                double promise = KeyCandidate.Of(scan, ids).Select(candidate => candidate.Promise * 100 / scan.Percent).DefaultIfEmpty(0).Max();
                if (promise > 0)
                {
                    scans.Add((scan, promise + (0.5 * TableName(table))));
                }
            }
            else if (budget is null)
            {
                throw new MirrorException($"{table.Table.Display} could not be searched for the file's ids within a minute. Try again when the server has less to do, or name a view of fewer rows.");
            }
        }

        List<(TableProposal Proposal, IdScan Scan, IReadOnlyList<KeyCandidate> Candidates)> judged = [];
        foreach ((IdScan scan, _) in scans.OrderByDescending(scan => scan.Promise).Take(MostTablesJudged))
        {
            IReadOnlyList<KeyCandidate> candidates = budget is null
                ? await search.JudgeAsync(scan, ids, limitOfOne, cancellationToken)
                : await budget.TryAsync<IReadOnlyList<KeyCandidate>>(scan.Table, async limit => await search.JudgeAsync(scan, ids, limit, cancellationToken)) ?? [];
            _misses.AddRange(candidates.Where(candidate => !candidate.IsPlausible)
                .Select(candidate => $"{candidate.File.Name} shares {candidate.Shared:N0} of {candidate.Asked:N0} values with {scan.Table.Table.Display}.{candidate.Column}"));
            candidates = [.. candidates.Where(candidate => candidate.IsPlausible)];
            if (candidates is [var best, ..])
            {
                judged.Add((new TableProposal(
                    scan.Table.Table.Display, best.File.Name, best.Column, best.Asked, best.Shared, best.Score + (0.3 * TableName(scan.Table)),
                    $"{best.Shared:N0} of {best.Asked:N0} values of {best.File.Name} are in {best.Column}{(scan.IsSampled ? $" ({scan.Percent:0.#} % of the table was read)" : "")}; "
                        + $"about {best.Agreeing:0} other columns agree in the records that it joins"), scan, candidates));
            }
        }

        judged = [.. judged.OrderByDescending(table => table.Proposal.Score)];
        return judged is [var first, ..] ? new KeyChoice(first.Scan, first.Candidates, [.. judged.Select(table => table.Proposal)]) : null;
    }

    // Words of the file's name and of its columns that are the table's, too.
    private double TableName(MirrorTable table)
    {
        ColumnName name = ColumnName.Of([Path.GetFileNameWithoutExtension(file.Profile.Path)])[0];
        ColumnName other = ColumnName.Of([table.Table.Name.Value])[0];
        return name.Concepts.Any(other.Concepts.Contains) ? 1 : 0;
    }

    private InputException NothingShared(string? table, IReadOnlyList<MirrorTable> tables)
    {
        string where = table ?? (tables.Count == 0 ? "any table (this role may read none)" : $"any of the {tables.Count} tables that this role may read ({string.Join(", ", tables.Take(8).Select(each => each.Table.Display))}{(tables.Count > 8 ? ", …" : "")})");
        string tried = columns.Count == 0
            ? "No column of the file looks like ids: short values with digits, each in few records."
            : $"These columns of the file look like ids: {string.Join(", ", columns.OrderByDescending(column => column.Uniqueness).Take(8).Select(column => $"{column.Name} ({column.Distinct:N0} distinct values)"))}. " + (_misses.Count == 0
                ? "None of their values was found, with and without white space, zeros in front and a tail .0."
                : $"What came nearest, without any other column that agrees in the records that it joins: {string.Join("; ", _misses.Take(3))}.");
        return new InputException(
            $"{file.Profile.Path}: nothing tells which of its records is which of {where}. {tried} "
            + $"Check that the file and the mirror are of the same system, and that the property with the legacy ids is synchronised into the mirror.{string.Concat((budget?.Notes ?? []).Select(note => $" {note}"))}");
    }
}

/// <summary>The table and the columns by which the file's records are found.</summary>
/// <param name="Candidates">The best first.</param>
/// <param name="Tables">All tables that could be meant, the best first.</param>
internal sealed record KeyChoice(IdScan Scan, IReadOnlyList<KeyCandidate> Candidates, IReadOnlyList<TableProposal> Tables);
