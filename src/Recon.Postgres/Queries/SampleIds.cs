using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Queries;

/// <summary>
/// Some ids of each group of rows: the first, the last and some between, by length and then by text. Millions of rows are grouped without keeping their ids.
/// </summary>
internal static class SampleIds
{
    /// <summary>Ids that are told for each group.</summary>
    public const int Most = 3;

    // Digits of an id's length, before the id.
    private const int Digits = 5;

    /// <summary>An aggregate, for <see cref="Read"/>.</summary>
    /// <param name="id">The id of a row, a text.</param>
    public static SqlText Of(SqlText id)
    {
        SqlText key = SqlText.Of($"""to_char(length({id}), 'FM00000') || {id} collate "C" """);
        SqlText First(int part) => SqlText.Of($"min({key}) filter (where hashtext({id}) & 3 = {part})");
        return SqlText.Of($"array[{First(0)}, {First(1)}, {First(2)}, {First(3)}, max({key})]");
    }

    /// <summary>The ids that <see cref="Of"/> has found, in their order; none of a null.</summary>
    public static string[] Read(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? [] :
    [
        .. row.GetFieldValue<string?[]>(column).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(Most).Select(key => key[Digits..]),
    ];
}
