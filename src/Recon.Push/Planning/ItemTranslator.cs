using System.Collections.ObjectModel;
using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Postgres.Push;

namespace Recon.Push.Planning;

/// <summary>Turns staged changes, which have the mirror's names and values, into what HubSpot's objects are to hold.</summary>
/// <param name="typeProperties">As <see cref="ValidPipeline.TypeProperties"/>.</param>
internal sealed class ItemTranslator(string pipeline, string? objectType, ObjectDefinition? told, IReadOnlyList<string> typeProperties)
{
    private static readonly IReadOnlyDictionary<string, ObjectPropertyDefinition?> s_same = ReadOnlyDictionary<string, ObjectPropertyDefinition?>.Empty;

    /// <summary>What was left out so far.</summary>
    public LeftOut LeftOut { get; } = new();

    /// <returns>The object type of a record; <see langword="null"/> where its column's value has no mapping.</returns>
    public string? TypeOf(string? byColumn) => told?.From is null ? objectType : byColumn;

    /// <returns>The item; <see langword="null"/> where nothing is left of it, which is counted.</returns>
    public PlannedItem? Translate(ReconciledRecord record)
    {
        if (TypeOf(record.ObjectType) is not { } type)
        {
            LeftOut.Untyped++;
            return null;
        }

        if (typeProperties.Any(property => record.Updates.GetValueOrDefault(property) is { Length: > 0 } && record.Previous.GetValueOrDefault(property) is { Length: > 0 }))
        {
            LeftOut.OtherType++;
            return null;
        }

        IReadOnlyDictionary<string, ObjectPropertyDefinition?> named = told?.Properties.GetValueOrDefault(type) ?? s_same;
        Dictionary<string, string> properties = new(StringComparer.Ordinal);
        Dictionary<string, string?> before = new(StringComparer.Ordinal);
        foreach ((string property, string value) in record.Updates)
        {
            ObjectPropertyDefinition? rule = null;
            if (named.TryGetValue(property, out rule) && rule is null)
            {
                LeftOut.Add(LeftOut.NotSent, property);
                continue;
            }

            string name = rule?.Name ?? property;
            if (ValueOf(rule, value) is not { } translated)
            {
                LeftOut.Add(LeftOut.Unmapped, property);
                continue;
            }

            string? previous = record.Previous.GetValueOrDefault(property);
            string? held = string.IsNullOrEmpty(previous) ? null : ValueOf(rule, previous) ?? previous;
            if (translated == (held ?? ""))
            {
                LeftOut.Add(LeftOut.Unchanged, property);
                continue;
            }

            properties[name] = translated;
            before[name] = held;
        }

        if (properties.Count == 0)
        {
            LeftOut.Empty++;
            return null;
        }

        return new PlannedItem(pipeline, type, record.HubspotId!.Value, record.LegacyId, properties, before);
    }

    private static string? ValueOf(ObjectPropertyDefinition? rule, string value)
        => value.Length == 0 || rule is null || rule.Values.Count == 0 ? value : rule.Values.GetValueOrDefault(value);
}
