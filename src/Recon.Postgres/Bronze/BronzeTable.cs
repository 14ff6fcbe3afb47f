using System.Text;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Bronze;

/// <summary>Where a pipeline's bronze records are, and how its columns are called there.</summary>
internal static class BronzeTable
{
    /// <summary>The schema of bronze tables unless another one is named.</summary>
    public const string DefaultSchema = "bronze";

    /// <exception cref="BronzeException">The name is none, or is in a schema that bronze records must not get into.</exception>
    public static SqlTable Of(ValidDefinition definition, ValidPipeline pipeline, string? table)
    {
        string[] parts = (table ?? $"{DefaultSchema}.{pipeline.Name}").Split('.');
        if (parts.Length != 2 || parts.Any(part => part.Length == 0 || Encoding.UTF8.GetByteCount(part) > 63))
        {
            throw new BronzeException($"'{table}' is not a table name. Write schema.table, each of at most 63 bytes.");
        }

        string schema = parts[0];
        bool isMirror = definition.Pipelines.SelectMany(each => each.Lookups)
            .Any(lookup => lookup.Table is { } name && SqlTable.Parse(name).Schema.Value == schema);
        if (isMirror || schema == definition.Staging.Schema || schema.StartsWith("pg_", StringComparison.Ordinal)
            || schema == "information_schema")
        {
            throw new BronzeException(
                $"Bronze records must not get into schema '{schema}': {(isMirror ? "the HubSpot mirror is there, which is only ever read" : "it is used otherwise")}. Name another schema.");
        }

        return new SqlTable(new SqlName(schema), new SqlName(parts[1]));
    }

    /// <summary>The name of a file's column in the table: in lower case, so that SQL needs no quotes around it.</summary>
    public static SqlName Column(string column) => new(column.ToLowerInvariant());
}

/// <summary>Bronze records cannot be loaded as asked.</summary>
internal sealed class BronzeException(string message, Exception? inner = null) : Exception(message, inner);
