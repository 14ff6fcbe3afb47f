using System.Text;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Postgres.Catalog;
using Recon.Postgres.Runs.Gates;
using static Recon.Dataflow.Text.CountText;
using static Recon.Postgres.Checks.CheckText;

namespace Recon.Postgres.Checks;

/// <summary>Reads a sample of the mirror's values as a run would, and names the properties whose values it cannot read.</summary>
internal sealed class MirrorValueCheck(NpgsqlConnection connection, CheckOptions options, ConversionContext context, FindingLog log)
{
    private const int SampleRows = 1_000;

    public async Task CheckAsync(ValidPipeline pipeline, MirrorTable table, CancellationToken cancellationToken)
    {
        (PropertyDefinition Definition, PropertyReader Reader)[] properties =
        [
            .. pipeline.Diff.Properties
                .Where(property => property.Parent is null && table.Find(property.Mirror) is { Type: { } type }
                    && (property.MirrorValues is { Convert.Count: > 0 } || property.Comparison.WhyNot(type) is null))
                .Select(property => (property, TryCompile(property)!))
                .Where(property => property.Item2 is { Discerns: true }),
        ];
        if (properties.Length == 0 || await SampleAsync(pipeline, table, properties.Select(each => each.Definition), cancellationToken) is not { } rows)
        {
            return;
        }

        var scratch = new Utf8Scratch();
        foreach (((PropertyDefinition definition, PropertyReader reader), int index) in properties.Select((property, index) => (property, index)))
        {
            string[] values = [.. rows.Select(row => row[index]).Where(value => !string.IsNullOrWhiteSpace(value)).OfType<string>()];
            string[] unreadable = [.. values.Where(value => !reader.CanRead(Encoding.UTF8.GetBytes(value), scratch))];
            if (unreadable.Length > 0)
            {
                Warn(definition, table, values.Length, unreadable);
            }

            scratch.Reset();
        }
    }

    // Whether map files can be read is said where they are named, and the conversions of the file's values are not asked for here.
    private PropertyReader? TryCompile(PropertyDefinition property)
    {
        try
        {
            return PropertyReader.Compile(property with { Convert = [], Compare = property.Comparison }, context);
        }
        catch (ConversionSetupException) when (property.MirrorValues?.Convert.OfType<MapFileDefinition>().Any() == true)
        {
            return null;
        }
    }

    private void Warn(PropertyDefinition property, MirrorTable table, int values, string[] unreadable)
    {
        var told = UnreadableValues.Of(property, unreadable.Length, unreadable, context);
        string effect = property.OnUnreadable == UnreadablePolicy.Stage
            ? "they will be overwritten"
            : "their differences will be withheld as \"unreadable\"";
        log.Warn(
            Column(table.Table, property.Mirror),
            new FindingPlace(property, property.MirrorMember),
            $"{Show(unreadable.Length)} of {Show(values, "sampled value")} {told.Why()}: {effect}.",
            told.Fix);
    }

    private async Task<List<string?[]>?> SampleAsync(
        ValidPipeline pipeline, MirrorTable table, IEnumerable<PropertyDefinition> properties, CancellationToken cancellationToken)
    {
        SqlText columns = SqlText.Join(", ", [.. properties.Select(property => ValueOf(table.Find(property.Mirror)!))]);
        SqlText keyed = table.Find(pipeline.Match.Key) is null ? SqlText.Of($"") : SqlText.Of($" where {new SqlName(pipeline.Match.Key)} is not null");
        SqlText sql = SqlText.Of($"select {columns} from {table.Table}{keyed} limit {SampleRows}");
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            int limit = Math.Max((int)options.ScanTimeout.TotalMilliseconds, 1);
            await SqlText.Of($"set local statement_timeout = {limit}").ExecuteAsync(connection, cancellationToken);
            return await sql.ListAsync(
                connection,
                row => Enumerable.Range(0, row.FieldCount).Select(index => row.IsDBNull(index) ? null : row.GetString(index)).ToArray(),
                cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            log.Warn($"values of {table.Table.Display}", new FindingPlace(pipeline.Diff), "Not checked: the sample took too long.", null);
            return null;
        }
    }

    private static SqlText ValueOf(TableColumn column) => column.Type is MirrorType.Json or MirrorType.Jsonb
        ? SqlText.Of($"{new SqlName(column.Name)} #>> '{{}}'")
        : SqlText.Of($"{new SqlName(column.Name)}::text");
}
