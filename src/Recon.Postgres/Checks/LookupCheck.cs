using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;
using static Recon.Postgres.Checks.CheckText;

namespace Recon.Postgres.Checks;

/// <summary>Checks one lookup: key, id, conditions, and the query that it will ask.</summary>
internal sealed class LookupCheck(
    NpgsqlConnection connection, CheckOptions options, ConversionContext context, ValidPipeline pipeline, FindingLog log)
{
    /// <summary>Checks a lookup whose table may be read.</summary>
    public async Task CheckAsync(ValidLookup lookup, MirrorTable table, CancellationToken cancellationToken)
    {
        bool isFallback = lookup.Role == LookupRole.Fallback;
        MirrorType? idType = MirrorColumnCheck.Require(
            table,
            lookup.Id,
            optional: false,
            new FindingPlace(lookup.Block, nameof(lookup.Block.Id)),
            log,
            MirrorException.IdAdvice(table));
        if (idType is { } id)
        {
            CheckIdType(lookup, table, id);
        }

        bool othersAreThere = true;
        foreach (MatchKeyDefinition other in lookup.On.Skip(1))
        {
            othersAreThere &= MirrorColumnCheck.Require(
                table, other.Property, optional: false, new FindingPlace(other, nameof(other.Property)), log) is not null;
        }

        string key = lookup.Key;
        FindingPlace keyPlace = isFallback
            ? new FindingPlace(lookup.Block.On[0], nameof(MatchKeyDefinition.Property))
            : new FindingPlace(lookup.Block, nameof(lookup.Block.Key));
        MirrorType? keyType = MirrorColumnCheck.Require(table, key, optional: false, keyPlace, log);
        IReadOnlyList<ConditionDefinition> where = await WhereCheck.CheckAsync(
            connection, table, lookup.Where, log, cancellationToken);
        if (keyType is not { } type || !CheckKeyType(lookup, table, key, type, keyPlace))
        {
            return;
        }

        if (Rule(lookup, table) is not { } rule)
        {
            return;
        }

        var question = new LookupQuestion(lookup, table, key, type, rule, where, keyPlace);
        if (idType is not null && othersAreThere)
        {
            await new PlanCheck(connection, pipeline, log).CheckAsync(question, Columns(table), cancellationToken);
        }

        if (!isFallback)
        {
            await new KeyContentCheck(connection, options, log).CheckAsync(question, idType, cancellationToken);
        }
    }

    // Conversions that cannot be set up have been reported.
    private KeyRule? Rule(ValidLookup lookup, MirrorTable table)
    {
        try
        {
            return KeyRule.For(lookup, table, context);
        }
        catch (ConversionSetupException)
        {
            return null;
        }
    }

    // The columns that the query will carry, without those that are missing: they have been reported.
    private List<string> Columns(MirrorTable table)
        => [.. PipelineColumns.Of(pipeline).Mirror.Where(name => table.Find(name) is { Type: not null })];

    private void CheckIdType(ValidLookup lookup, MirrorTable table, MirrorType type)
    {
        var place = new FindingPlace(lookup.Block, nameof(lookup.Block.Id));
        string subject = Column(table.Table, lookup.Id);
        string sqlType = table.Find(lookup.Id)!.SqlType;
        switch (type)
        {
            case MirrorType.Int8 or MirrorType.Text:
                break;
            case MirrorType.Numeric or MirrorType.Float8:
                log.Warn(subject, place, $"The HubSpot id has type {sqlType}; null or a value that is not an integer fails the run.", "Synchronise it as bigint or text.");
                break;
            case MirrorType.Int2 or MirrorType.Int4:
                log.Warn(subject, place, $"The HubSpot id has type {sqlType}, which HubSpot's ids exceed.", $"alter table {table.Table} alter column {new SqlName(lookup.Id)} type bigint;");
                break;
            default:
                log.Error(subject, place, $"Type {sqlType} holds no HubSpot ids, which are integers.", "Check \"id\" of the lookup.");
                break;
        }
    }

    private bool CheckKeyType(ValidLookup lookup, MirrorTable table, string key, MirrorType type, FindingPlace place)
    {
        string subject = Column(table.Table, key);
        string sqlType = table.Find(key)!.SqlType;
        if (lookup.Role == LookupRole.Fallback && lookup.On[0].IgnoreCase && type != MirrorType.Text)
        {
            log.Error(subject, place, $"\"ignoreCase\" needs a text column, and this one has type {sqlType}.", "Take \"ignoreCase\" away.");
            return false;
        }

        switch (type)
        {
            case MirrorType.Float4 or MirrorType.Boolean or MirrorType.Date or MirrorType.Timestamp or MirrorType.TimestampTz
                or MirrorType.Json or MirrorType.Jsonb:
                log.Error(subject, place, $"A lookup cannot ask by a column of type {sqlType}.", "Use a text, integer, numeric or uuid column, or a view that casts it.");
                return false;
            case MirrorType.Float8:
                log.Warn(subject, place, $"Ids with more than 15 digits are not exact in type {sqlType}.", $"alter table {table.Table} alter column {new SqlName(key)} type bigint;");
                break;
        }

        if (lookup.Role == LookupRole.Fallback)
        {
            return true;
        }

        IdType idType = lookup.IdType;
        if (idType == IdType.Number && type == MirrorType.Uuid)
        {
            log.Error(subject, place, "The file's ids are numbers and this column's are of type uuid, so nothing can ever match.", "Check \"key\" of the lookup, or the idType.");
            return false;
        }

        if (idType == IdType.Text && type is not (MirrorType.Text or MirrorType.Uuid))
        {
            log.Warn(
                subject,
                place,
                $"The file's ids are texts and this column has type {sqlType}: ids that are not plain digits never match, and leading zeros do not count.",
                "Set \"idType\" (\"fromType\" for a parent) to \"number\" if the ids are numbers.");
        }

        return true;
    }
}

/// <summary>What one lookup asks, as far as it was found to be possible.</summary>
/// <param name="Rule">How it asks.</param>
internal sealed record LookupQuestion(
    ValidLookup Lookup,
    MirrorTable Table,
    string Key,
    MirrorType KeyType,
    KeyRule Rule,
    IReadOnlyList<ConditionDefinition> Where,
    FindingPlace Place)
{
    /// <summary>The conditions as SQL, each after <c> and </c>, with the values of <c>$2</c> and up.</summary>
    public (SqlText Sql, IReadOnlyList<string[]> Values) WhereSql()
    {
        List<string[]> values = [];
        IEnumerable<SqlText> tests = Where.SelectMany(condition => MirrorCondition.ToSql(Table, condition, value =>
            {
                values.Add(value);
                return SqlText.Of($"${values.Count + 1}");
            }))
            .Select(test => SqlText.Of($" and {test}"));
        return (SqlText.Join("", [.. tests]), values);
    }
}
