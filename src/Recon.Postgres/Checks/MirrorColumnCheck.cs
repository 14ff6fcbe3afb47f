using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using static Recon.Dataflow.Text.CountText;
using static Recon.Postgres.Checks.CheckText;

namespace Recon.Postgres.Checks;

/// <summary>Checks the columns of the match table that properties and staging columns read.</summary>
internal sealed class MirrorColumnCheck(ValidPipeline pipeline, MirrorTable table, FindingLog log)
{
    private int _good;

    public void Check()
    {
        foreach (PropertyDefinition property in pipeline.Diff.Properties)
        {
            var place = new FindingPlace(property, property.MirrorMember);
            if (Require(property.Mirror, property.Optional, place) is { } type)
            {
                CheckType(property, type, place);
            }
        }

        foreach (StagedColumnDefinition staged in pipeline.Stage.Columns.Where(staged => staged.Hubspot is not null))
        {
            bool optional = pipeline.Diff.Properties.Any(property => property.Optional && property.Mirror == staged.Hubspot);
            Require(staged.Hubspot!, optional, new FindingPlace(staged, nameof(staged.Hubspot)));
        }

        if (pipeline.Diff is { LegacyUpdated: not null, HubspotUpdated: { } updated })
        {
            var place = new FindingPlace(pipeline.Diff, nameof(DiffBlockDefinition.HubspotUpdated));
            if (Require(updated, optional: false, place) is { } type && !type.IsTime())
            {
                log.Warn(
                    Column(table.Table, updated),
                    place,
                    $"Its type {table.Find(updated)!.SqlType} is not a time, so HubSpot's record never counts as older, and \"newest\" changes nothing.",
                    "Name a column of type timestamp with time zone, timestamp, date or text (ISO 8601).");
            }
        }

        if (_good > 0)
        {
            log.Ok($"columns of {table.Table.Display}", new FindingPlace(pipeline.Diff), $"{Show(_good, "use")} of columns: all there and readable.");
        }
    }

    private MirrorType? Require(string name, bool optional, FindingPlace place)
    {
        MirrorType? type = Require(table, name, optional, place, log);
        _good += type is null ? 0 : 1;
        return type;
    }

    /// <summary>Reports a column that is missing or cannot be read.</summary>
    /// <param name="advice">What to do when it is missing, in place of looking at how HubSpot is synchronised.</param>
    /// <returns>Its type; <see langword="null"/> when it cannot be used.</returns>
    public static MirrorType? Require(
        MirrorTable table, string name, bool optional, FindingPlace place, FindingLog log, string? advice = null)
    {
        string subject = Column(table.Table, name);
        if (table.Find(name) is not { } column)
        {
            if (optional)
            {
                log.Ok(subject, place, "It does not exist; it is optional, so it is left out.");
                return null;
            }

            log.Error(
                subject,
                place,
                $"The column does not exist.{DidYouMean(name, table.Columns.Select(candidate => candidate.Name))}",
                advice ?? "Check that the HubSpot property is synchronised into PostgreSQL and how it is spelled there.");
            return null;
        }

        if (column.Type is null)
        {
            log.Error(
                subject,
                place,
                $"recon cannot read its type {column.SqlType}; it reads text types, enums, numbers, boolean, date, timestamps, json, jsonb and uuid.",
                $"Let a view cast it: select …, {new SqlName(name)}::text as {new SqlName(name)} from {table.Table};");
        }

        return column.Type;
    }

    private void CheckType(PropertyDefinition property, MirrorType type, FindingPlace place)
    {
        bool isId = property.Parent is not null;
        string? why = isId ? ColumnTypes.WhyNotAnId(type) : property.Comparison.WhyNot(type);
        if (why is not null)
        {
            log.Warn(
                Column(table.Table, property.Mirror),
                place,
                $"Its type {table.Find(property.Mirror)!.SqlType} does not go with the comparison \"{property.Comparison.Kind}\": {why}.",
                isId
                    ? "Synchronise it as bigint or text, or name another \"mirrorColumn\"."
                    : $"Set \"compare\" to {ColumnTypes.Suited(type)}, or name another \"mirrorColumn\".");
        }
    }
}
