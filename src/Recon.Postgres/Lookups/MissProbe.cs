using System.Text;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>Why an id was not found although the mirror has a row for it.</summary>
internal enum MissCause
{
    /// <summary>A <c>.0</c> tail that the type of the ids keeps, or a type that the id is not of.</summary>
    Type,

    /// <summary>One side has zeros in front.</summary>
    Zeros,

    /// <summary>The mirror's key ends in <c>.0</c>.</summary>
    Tail,

    /// <summary>The mirror's key has white space around it.</summary>
    Blanks,

    /// <summary>The lookup's conditions leave the row out.</summary>
    Conditions,
}

/// <summary>
/// Asks for ids that were not found in the spellings that people and tools give them. One query by the key's own index,
/// whatever the number of spellings.
/// </summary>
internal static class MissProbe
{
    private const int UsualWidth = 10;

    /// <summary>How long the question may take: it only makes a warning better.</summary>
    private const int LimitMilliseconds = 5_000;

    /// <param name="ids">Ids as the file has them.</param>
    /// <returns>For each cause the number of ids that it explains; an id counts once.</returns>
    public static async Task<IReadOnlyDictionary<MissCause, int>> AskAsync(
        NpgsqlConnection connection, ValidLookup lookup, MirrorTable table, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        Dictionary<MissCause, int> causes = [];
        if (ids.Count == 0 || table.Find(lookup.Key) is not { Type: { } type })
        {
            return causes;
        }

        Dictionary<string, List<(int Id, MissCause Cause)>> spellings = [];
        for (int id = 0; id < ids.Count; id++)
        {
            foreach ((string key, MissCause cause) in Spellings(ids[id], type == MirrorType.Text))
            {
                if (!spellings.TryGetValue(key, out List<(int Id, MissCause Cause)>? those))
                {
                    spellings[key] = those = [];
                }

                those.Add((id, cause));
            }
        }

        MissCause?[] causeOf = new MissCause?[ids.Count];
        foreach ((string key, bool counts) in await FindAsync(connection, lookup, table, type, spellings.Keys, cancellationToken))
        {
            foreach ((int id, MissCause cause) in spellings.GetValueOrDefault(key) ?? [])
            {
                MissCause why = counts ? cause : MissCause.Conditions;
                causeOf[id] = causeOf[id] is { } known && known < why ? known : why;
            }
        }

        foreach (MissCause cause in causeOf.OfType<MissCause>())
        {
            causes[cause] = causes.GetValueOrDefault(cause) + 1;
        }

        return causes;
    }

    private static async Task<List<(string Key, bool Counts)>> FindAsync(
        NpgsqlConnection connection,
        ValidLookup lookup,
        MirrorTable table,
        MirrorType type,
        Dictionary<string, List<(int Id, MissCause Cause)>>.KeyCollection spellings,
        CancellationToken cancellationToken)
    {
        List<NpgsqlParameter> parameters = [KeyArray.Parameter(type, [.. spellings])];
        SqlText conditions = SqlText.Join("", lookup.Where
            .Where(condition => table.Find(condition.Column) is not null)
            .SelectMany(condition => MirrorCondition.ToSql(table, condition, value =>
            {
                parameters.Add(SqlValue.Of(value));
                return SqlText.Of($"${parameters.Count}");
            }))
            .Select(test => SqlText.Of($" and {test}")));
        var key = new SqlName(lookup.Key);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SqlText.Of($"set local statement_timeout = {LimitMilliseconds}").ExecuteAsync(connection, cancellationToken);
        return await SqlText.Of($"select {key}::text, coalesce(true{conditions}, false) from {table.Table} where {key} = any($1)")
            .ListAsync(connection, row => (row.GetString(0), row.GetBoolean(1)), cancellationToken, [.. parameters]);
    }

    private static IEnumerable<(string Key, MissCause Cause)> Spellings(string id, bool isText)
    {
        string text = Utf8WhiteSpace.Trim(id);
        yield return (text, MissCause.Type);
        if (LegacyId.TryCanonicalise(Encoding.UTF8.GetBytes(text), IdType.Number, out ReadOnlySpan<byte> digits, out _))
        {
            string number = Encoding.UTF8.GetString(digits);
            string plain = number.TrimStart('0');
            plain = plain.Length == 0 ? "0" : plain;
            yield return (number, MissCause.Type);
            yield return (plain, MissCause.Zeros);
            for (int width = plain.Length + 1; isText && width <= Math.Max(UsualWidth, number.Length + 2); width++)
            {
                yield return (plain.PadLeft(width, '0'), MissCause.Zeros);
            }

            if (isText)
            {
                yield return ($"{number}.0", MissCause.Tail);
                yield return ($"{number}.00", MissCause.Tail);
            }
        }

        foreach (string blank in isText ? s_blanks : [])
        {
            yield return (text + blank, MissCause.Blanks);
            yield return (blank + text, MissCause.Blanks);
            yield return (blank + text + blank, MissCause.Blanks);
        }
    }

    private static readonly string[] s_blanks = [" ", "  ", "\u00A0", "\t", "\r", "\n", "\uFEFF"];
}
