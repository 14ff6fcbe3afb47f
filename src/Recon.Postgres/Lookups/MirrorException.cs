using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>The mirror is not as the definition says. The message names the thing and the way out; exit code 2.</summary>
/// <param name="message">What is wrong and what to do.</param>
public sealed class MirrorException(string message) : Exception(message)
{
    internal static MirrorException MissingTable(SqlTable table)
        => new($"The table {table.Display} does not exist, or this role may not see it. Check the schema and the table in "
            + "the definition, and that HubSpot is synchronised into this database.");

    internal static MirrorException NoSelect(SqlTable table)
        => new($"This role may not read {table.Display}. Grant it: grant usage on schema {table.Schema} to <role>; "
            + $"grant select on {table} to <role>;");

    internal static MirrorException MissingColumn(MirrorTable table, string column)
    {
        string? nearest = table.Columns.Select(candidate => candidate.Name)
            .FirstOrDefault(name => string.Equals(name, column, StringComparison.OrdinalIgnoreCase));
        string hint = nearest is null
            ? "Check that the HubSpot property is synchronised into PostgreSQL and how it is spelled there."
            : $"Did you mean \"{nearest}\"?";
        return new MirrorException($"column \"{column}\" does not exist in {table.Table.Display}. {hint}");
    }

    internal static MirrorException MissingId(MirrorTable table, string column)
        => new($"column \"{column}\" does not exist in {table.Table.Display}. {IdAdvice(table)}");

    /// <summary>Which column of a table that lacks a lookup's id column may hold the HubSpot ids.</summary>
    internal static string IdAdvice(MirrorTable table)
    {
        string[] candidates = [.. table.Columns.Where(column => column.Type == MirrorType.Int8).Select(column => $"\"{column.Name}\"")];
        return "Set \"id\" of the lookup to the column that holds the HubSpot ids; " + (
            table.PrimaryKey is { } key ? $"the table's primary key is \"{key}\"."
            : candidates.Length > 0 ? $"the table has no primary key of one column; of type bigint: {string.Join(", ", candidates)}."
            : "the table has neither a primary key of one column nor a column of type bigint.");
    }

    internal static MirrorException UnreadableType(MirrorTable table, TableColumn column)
        => new($"Column \"{column.Name}\" of {table.Table.Display} has type {column.SqlType}, which recon cannot read. "
            + "Supported are text types, enums, numbers, boolean, date, timestamps, json, jsonb and uuid; "
            + "a view can cast the column to text.");

    internal static MirrorException BadId(string table, string column)
        => new($"Column \"{column}\" of {table} holds null or a value that is not an integer, so it cannot be a HubSpot id. "
            + "Check \"id\" of the lookup.");
}
