using System.Text;

namespace Recon.Samples;

internal readonly record struct MirrorTableColumn(string Name, string Type);

/// <summary>A table of the sample's HubSpot mirror.</summary>
internal sealed record SampleTable
{
    /// <summary>The table's name, without its schema.</summary>
    public required string Name { get; init; }

    /// <summary>The CSV file that holds its rows.</summary>
    public required string FileName { get; init; }

    /// <summary>The column that holds the legacy id.</summary>
    public required string Key { get; init; }

    /// <summary>The columns, in the order of the CSV file.</summary>
    public required IReadOnlyList<MirrorTableColumn> Columns { get; init; }

    /// <summary>The statement that takes the CSV file from the client: for Npgsql's raw or text COPY.</summary>
    public string CopySql => $"copy {MirrorSchema.Name}.{Name} ({ColumnList}) from stdin with (format csv, header, encoding 'UTF8')";

    internal string ColumnList => string.Join(", ", Columns.Select(column => column.Name));
}

/// <summary>The schema of the sample's HubSpot mirror: four tables in schema <c>hubspot</c>.</summary>
internal static class MirrorSchema
{
    public const string Name = "hubspot";

    /// <summary>The tables: companies, contacts, deals, engagements.</summary>
    public static IReadOnlyList<SampleTable> Tables { get; } =
    [
        Table("companies", CompanySource.Definition),
        Table("contacts", PersonSource.Definition),
        Table("deals", OpportunitySource.Definition),
        Table("engagements", CommunicationSource.Definition),
    ];

    /// <summary>Creates the schema and, in place of these four tables and no others, the tables; empty and without indexes.</summary>
    public static string CreateSql { get; } = Create();

    /// <summary>Adds primary keys and indexes and gathers statistics; to be run once the tables are full.</summary>
    public static string IndexSql { get; } = Index();

    /// <summary>The script that psql runs in the folder of the CSV files to do all of it.</summary>
    public static string PsqlScript { get; } = Psql();

    private static SampleTable Table(string name, SampleObject o) => new()
    {
        Name = name,
        FileName = $"hubspot_{name}.csv",
        Key = o.Key,
        Columns =
        [
            new("hs_object_id", "bigint"),
            new(o.Key, "text"),
            .. o.Properties.Select(property => new MirrorTableColumn(property.Name, property.PostgresType)),
            .. o.ParentColumns.Select(column => new MirrorTableColumn(column, "bigint")),
            new("createdate", "timestamptz"),
            new("hs_lastmodifieddate", "timestamptz"),
            new("archived", "boolean not null default false"),
        ],
    };

    private static string Create()
    {
        StringBuilder sql = new($"create schema if not exists {Name};\n");
        foreach (SampleTable table in Tables)
        {
            sql.Append("drop table if exists ").Append(Name).Append('.').Append(table.Name).Append(";\n");
        }

        foreach (SampleTable table in Tables)
        {
            sql.Append("create table ").Append(Name).Append('.').Append(table.Name).Append(" (\n    ")
                .AppendJoin(",\n    ", table.Columns.Select(column => $"{column.Name} {column.Type}")).Append("\n);\n");
        }

        return sql.ToString();
    }

    private static string Index()
    {
        StringBuilder sql = new();
        foreach (SampleTable table in Tables)
        {
            sql.Append("alter table ").Append(Name).Append('.').Append(table.Name).Append(" add primary key (hs_object_id);\n");
            sql.Append("create index on ").Append(Name).Append('.').Append(table.Name).Append(" (").Append(table.Key).Append(");\n");
        }

        foreach (SampleTable table in Tables)
        {
            sql.Append("analyze ").Append(Name).Append('.').Append(table.Name).Append(";\n");
        }

        return sql.ToString();
    }

    private static string Psql()
    {
        StringBuilder sql = new();
        sql.Append("-- Loads the synthetic HubSpot mirror: psql -f mirror.sql, in the folder of this file.\n");
        sql.Append("-- Replaces the four tables below and touches nothing else.\n");
        sql.Append("\\set ON_ERROR_STOP on\nset client_min_messages = warning;\nbegin;\n").Append(CreateSql);
        foreach (SampleTable table in Tables)
        {
            sql.Append("\\copy ").Append(Name).Append('.').Append(table.Name).Append(" (").Append(table.ColumnList)
                .Append(") from '").Append(table.FileName).Append("' with (format csv, header, encoding 'UTF8')\n");
        }

        return sql.Append(IndexSql).Append("commit;\n").ToString();
    }
}
