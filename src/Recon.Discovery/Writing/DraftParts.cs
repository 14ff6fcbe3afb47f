using System.Globalization;
using Recon.Dataflow.Definition;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Writing;

/// <summary>A pipeline as it is to be written: its blocks with the evidence beside them, and what was left out.</summary>
internal static class DraftParts
{
    // Columns before the comments of the diff block, in the usual layout.
    private const int PropertyColumn = 12;

    public static JsonObject Of(PipelineDraft draft)
    {
        PipelineDefinition pipeline = draft.Pipeline;
        JsonObject part = new() { IsBroken = true };
        part.Add("name", JsonScalar.Of(pipeline.Name));
        if (pipeline.Object is { } told)
        {
            part.Add("object", RecordParts.Of(told)).Above.Add("HubSpot has no such object: the column tells which one a record is.");
        }

        JsonList blocks = new() { IsBroken = true };
        foreach (BlockDefinition block in pipeline.Blocks)
        {
            blocks.Entries.Add(new JsonEntry(null, block switch
            {
                CsvBlockDefinition csv => Csv(draft, csv),
                BatchBlockDefinition batch => Batch(batch),
                LookupBlockDefinition lookup => Lookup(draft, lookup),
                DiffBlockDefinition => Diff(draft),
                _ => RecordParts.Of(block),
            }));
        }

        part.Add("blocks", blocks);
        if (pipeline.Tests.Count > 0)
        {
            part.Add("tests", RecordParts.Value(pipeline.Tests)).Above.Add("\"recon check --tests\" runs them without a server. No value in them is from the file but those of enumerations.");
        }

        return part;
    }

    private static JsonObject Csv(PipelineDraft draft, CsvBlockDefinition csv)
    {
        FileProfile file = draft.Proposal.File;
        JsonObject part = RecordParts.Of(csv);
        part["path"]?.Beside = $"{(file.IsSampled ? "looked at the beginning, the middle and the end: " : "")}{Count(file.Records)} records, {Count(file.Columns.Count)} columns"
            + (file.Malformed == 0 ? "" : $"; {Count(file.Malformed)} records cannot be read and will be rejected");
        part["id"]?.Beside = draft.Proposal.Id.Evidence;
        Tell(part, "encoding", file.Encoding, csv.Encoding);
        Tell(part, "delimiter", file.Delimiter, csv.Delimiter);
        Tell(part, "quote", file.Quote, csv.Quote);
        Tell(part, "escape", file.Escape, csv.Escape);
        Tell(part, "header", file.Header, csv.Header);
        foreach ((FilterProposal filter, JsonEntry entry) in draft.Proposal.Exclude.Zip(part["exclude"]?.Value?.Entries ?? []))
        {
            entry.Beside = filter.Evidence;
        }

        foreach (string other in OtherReadings.OfCsv(draft, csv))
        {
            part.Entries[0].Above.AddRange(JsonLayout.Wrap(other, PropertyColumn - 2));
        }

        return part;
    }

    // A finding is told where it is not what a definition says anyway, or where the data allows another one.
    private static void Tell<T>(JsonObject part, string key, Found<T> found, object value)
    {
        JsonEntry? entry = part[key];
        if (entry is null && !found.IsCertain)
        {
            entry = new JsonEntry(key, RecordParts.Value(value));
            part.Entries.Insert(part.Entries.FindIndex(each => each.Key is "nulls" or "nullsByColumn" or "exclude") is >= 0 and int at ? at : part.Entries.Count, entry);
        }

        if (entry is not null)
        {
            entry.Beside = string.Concat(found.Evidence, found.Others.Select(other => $"; or {RecordParts.Value(other.Value).Line}: {other.Evidence}").FirstOrDefault() ?? "");
        }
    }

    private static JsonObject Batch(BatchBlockDefinition batch)
    {
        JsonObject part = RecordParts.Of(batch);
        part.Add("rows", RecordParts.Value(batch.Rows));
        return part;
    }

    private static JsonObject Lookup(PipelineDraft draft, LookupBlockDefinition lookup)
    {
        JsonObject part = RecordParts.Of(lookup);
        if (lookup.Role == LookupRole.Match)
        {
            part["kind"]?.Beside = "finds the HubSpot record by legacy id";
            foreach ((FilterProposal filter, JsonEntry entry) in draft.Proposal.Where.Zip(part["where"]?.Value?.Entries ?? []))
            {
                entry.Beside = filter.Evidence;
            }

            return part;
        }

        ParentProposal parent = draft.Proposal.Parents.First(each => each.Name == lookup.Name);
        part["kind"]?.Beside = parent.IsCertain ? parent.Evidence : $"doubtful: {parent.Evidence}";
        return part;
    }

    private static JsonObject Diff(PipelineDraft draft)
    {
        JsonList properties = new() { IsBroken = true };
        foreach (PropertyProposal property in draft.Active)
        {
            JsonObject part = RecordParts.Of(property.Definition);
            string text = property.IsCertain ? property.Evidence : $"doubtful: {property.Evidence}";
            TellMap(part, property);
            JsonEntry entry = new(null, part) { Beside = property.Definition.Policy == UpdatePolicy.CompareOnly ? $"compared and never updated, as nothing is sure: {text}" : text };
            properties.Entries.Add(entry);
            properties.Entries.AddRange(OtherReadings.Of(draft, property).Select(reading => JsonEntry.Comment([reading])));
        }

        Add("Not sure enough; take the slashes away from what is right:", draft.Doubtful.Select(each => $"{RecordParts.Of(each.Property.Definition).Line}, // {each.Why}"));
        Add(null, Grouped($"Columns of {draft.Proposal.File.Path} that become nothing", draft.Proposal.Unmapped));
        Add(null, Grouped($"Columns of {draft.Proposal.Table} that nothing becomes", draft.Proposal.MirrorUnmapped));
        JsonObject diff = new() { IsBroken = true };
        diff.Add("kind", JsonScalar.Of("diff"));
        diff.Add("properties", properties);
        return diff;

        void Add(string? title, IEnumerable<string> lines)
        {
            string[] all = [.. lines];
            if (all.Length > 0)
            {
                properties.Entries.Add(JsonEntry.Comment(title is null ? all : all.Prepend(title)));
            }
        }
    }

    // What each value becomes, with the pairs that say so.
    private static void TellMap(JsonObject property, PropertyProposal proposed)
    {
        JsonObject? map = property["convert"]?.Value?.Entries.Select(step => step.Value).OfType<JsonObject>().FirstOrDefault(step => step["values"] is not null);
        foreach (JsonEntry value in map?["values"]?.Value?.Entries ?? [])
        {
            value.Beside = proposed.Map.FirstOrDefault(each => each.Legacy == value.Key) is { } mapped ? $"{Count(mapped.Agree)} of {Count(mapped.Pairs)}" : null;
        }
    }

    // By reason, as most columns share theirs.
    private static IEnumerable<string> Grouped(string title, IReadOnlyList<LeftOut> columns)
        => columns.GroupBy(column => column.Why, StringComparer.Ordinal)
            .SelectMany(group => JsonLayout.Wrap($"{group.Key}: {string.Join(", ", group.Select(column => column.Column))}", PropertyColumn + 2).Select((line, index) => index == 0 ? $"- {line}" : $"  {line}"))
            .ToArray() is { Length: > 0 } lines ? lines.Prepend(title + ":") : [];

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
