using System.Globalization;
using System.Text;
using System.Text.Json;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Values;
using Recon.Postgres.Runs;

namespace Recon.Cli.Rendering;

/// <summary>Records' stories as text and as JSON.</summary>
/// <param name="mask">Whether values of records are hidden; ids, names and reasons are not.</param>
internal sealed class StoryText(bool mask)
{
    private const int Width = 60;

    /// <summary>The stories as people read them.</summary>
    public string Draw(RecordExplanation explanation)
    {
        if (explanation.Records.Count == 0)
        {
            return $"{explanation.Pipeline}: no record of {string.Join(", ", explanation.Files)} has the id {explanation.LegacyId}.\n";
        }

        var text = new StringBuilder();
        foreach (RecordStory story in explanation.Records)
        {
            Draw(text, explanation.Pipeline, story);
        }

        return text.ToString();
    }

    /// <summary>The stories as one JSON document.</summary>
    public string Json(RecordExplanation explanation) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("pipeline", explanation.Pipeline);
        json.WriteString("legacy_id", explanation.LegacyId);
        json.WriteStartArray("records");
        foreach (RecordStory story in explanation.Records)
        {
            Write(json, story);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private void Draw(StringBuilder text, string pipeline, RecordStory story)
    {
        text.Append(CultureInfo.InvariantCulture, $"{pipeline} {story.LegacyId}: {story.Outcome}");
        text.Append(story.Reason is null ? "" : $" ({story.Reason})");
        text.Append(story.HubspotId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $", HubSpot {id} by {story.Rule}, confidence {story.Confidence:0.##}\n")
            : "\n");
        text.Append(CultureInfo.InvariantCulture, $"{story.File}, line {story.Line}, byte {story.ByteOffset}\n");
        Line(text, story.Message);
        Line(text, story.Notes is null ? null : $"Notes: {Value(story.Notes)}");
        Section(text, "Cells", ["column", "value"], story.Cells.Select(cell => (string[])[cell.Name, Cell(cell.Value)]));
        Section(
            text,
            "Lookups, in the order tried",
            ["rule", "table", "key", "HubSpot ids", ""],
            story.Lookups.Select(lookup => (string[])
            [
                lookup.Name,
                lookup.Table,
                lookup.NotAsked is { } why ? $"not asked: {why}" : TextTable.Cell(Keys(lookup), Width),
                lookup.Candidates.Count == 0 && lookup.NotAsked is null ? "none" : string.Join(", ", lookup.Candidates),
                lookup.Decided ? "decided" : "",
            ]));
        Section(
            text,
            "Properties",
            ["property", "from", "raw", "conversions", "HubSpot", "verdict", "rule"],
            story.Properties.Select(property => (string[])
            [
                property.Property,
                property.Source,
                Cell(property.Raw),
                TextTable.Cell(Steps(property), Width),
                Cell(property.Hubspot),
                Verdict(property.Verdict),
                property.Rule,
            ]));
        text.Append('\n');
    }

    private static void Line(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            text.Append(line).Append('\n');
        }
    }

    private static void Section(StringBuilder text, string title, string[] headers, IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
        if (all.Length > 0)
        {
            text.Append('\n').Append(title).Append('\n').Append(TextTable.Draw(headers, all));
        }
    }

    private static string Keys(LookupStory lookup, Func<string, string?> show)
        => string.Join(", ", lookup.Keys.Select(key => $"{key.Name} = {show(key.Value)}"));

    // Legacy ids are no secret: the command was asked for one. Fallback keys are a person's data.
    private string Keys(LookupStory lookup) => Keys(lookup, lookup.Role == "fallback" ? Value : key => key);

    private string Steps(PropertyStory property)
        => string.Join(" → ", property.Steps.Select(step =>
            $"{step.Kind}: {step.Failure ?? Value(step.Result) ?? "nothing"}{(step.Remark is null ? "" : $" ({step.Remark})")}"));

    private string Cell(string? value) => TextTable.Cell(Value(value), Width);

    private string? Value(string? value) => mask ? Mask.Of(value) : value;

    private static string Verdict(VerdictKind kind) => kind switch
    {
        VerdictKind.Same => "same",
        VerdictKind.SameByMeaning => "same by meaning",
        VerdictKind.LegacyEmpty => "legacy empty",
        VerdictKind.Change => "change",
        VerdictKind.KeptBack => "kept back",
        VerdictKind.ValueRejected => "value rejected",
        VerdictKind.NotApplicable => "not applicable",
        _ => "no record",
    };

    private void Write(Utf8JsonWriter json, RecordStory story)
    {
        json.WriteStartObject();
        json.WriteString("legacy_id", story.LegacyId);
        json.WriteString("outcome", story.Outcome);
        json.WriteString("reason", story.Reason);
        json.WriteString("message", story.Message);
        json.WriteString("file", story.File);
        json.WriteNumber("line", story.Line);
        json.WriteNumber("byte_offset", story.ByteOffset);
        WriteNumber(json, "hubspot_id", story.HubspotId);
        json.WriteString("match_rule", story.Rule);
        json.WriteNumber("match_confidence", story.Confidence);
        json.WriteString("notes", Value(story.Notes));
        json.WriteNumber("rows", story.Rows);
        WriteCells(json, "cells", story.Cells, Value);
        json.WriteStartArray("lookups");
        foreach (LookupStory lookup in story.Lookups)
        {
            json.WriteStartObject();
            json.WriteString("rule", lookup.Name);
            json.WriteString("role", lookup.Role);
            json.WriteString("table", lookup.Table);
            WriteCells(json, "keys", lookup.Keys, lookup.Role == "fallback" ? Value : key => key);
            json.WriteString("not_asked", lookup.NotAsked);
            json.WriteStartArray("candidates");
            foreach (long candidate in lookup.Candidates)
            {
                json.WriteNumberValue(candidate);
            }

            json.WriteEndArray();
            json.WriteBoolean("decided", lookup.Decided);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("properties");
        foreach (PropertyStory property in story.Properties)
        {
            Write(json, property);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, PropertyStory property)
    {
        json.WriteStartObject();
        json.WriteString("property", property.Property);
        json.WriteString("source", property.Source);
        json.WriteString("raw", Value(property.Raw));
        json.WriteStartArray("conversions");
        foreach (ConversionStep step in property.Steps)
        {
            json.WriteStartObject();
            json.WriteString("kind", step.Kind);
            json.WriteString("result", Value(step.Result));
            json.WriteString("failure", step.Failure);
            json.WriteString("remark", step.Remark);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("converted", Value(property.Converted));
        json.WriteString("hubspot", Value(property.Hubspot));
        json.WriteString("verdict", Verdict(property.Verdict));
        json.WriteString("rule", property.Rule);
        json.WriteEndObject();
    }

    private static void WriteCells(Utf8JsonWriter json, string name, IReadOnlyList<StoryCell> cells, Func<string, string?> show)
    {
        json.WriteStartArray(name);
        foreach (StoryCell cell in cells)
        {
            json.WriteStartObject();
            json.WriteString("column", cell.Name);
            json.WriteString("value", show(cell.Value));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
