using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Postgres.Catalog;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Mirror;

/// <summary>A column of the mirror as one object type shows it: its name there, its values, and what is told of it.</summary>
internal sealed class ServedColumn
{
    private const int MostShared = 512;

    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, string> _values;
    private readonly IReadOnlyList<string> _mapped;

    private ServedColumn(SandboxProperty property, IReadOnlyDictionary<string, string> values, IReadOnlyList<string> mapped)
        => (Property, _values, _mapped) = (property, values, mapped);

    /// <summary>The property; an enumeration has its options once all rows were read.</summary>
    public SandboxProperty Property { get; private set; }

    /// <returns><see langword="null"/> for a column that the type does not show.</returns>
    public static ServedColumn? Of(TableColumn column, MirrorSource source, string type)
    {
        (ValidPipeline? pipeline, PropertyDefinition? property) = source.Pipelines
            .SelectMany(each => each.Diff.Properties.Where(property => property.Mirror == column.Name).Select(property => (each, property))).FirstOrDefault();
        string name = property?.Property ?? column.Name;
        ObjectPropertyDefinition? renamed = null;
        if (pipeline?.Source.Object?.Properties.GetValueOrDefault(type) is { } names && names.TryGetValue(name, out renamed) && renamed is null)
        {
            return null;
        }

        (string kind, string field) = KindOf(column, property);
        return new ServedColumn(
            new SandboxProperty(renamed?.Name ?? name) { Type = kind, FieldType = field, IsOfHubspot = name.StartsWith("hs_", StringComparison.Ordinal) },
            renamed?.Values ?? new Dictionary<string, string>(),
            renamed is { Values.Count: > 0 } ? [.. renamed.Values.Values] : MappedBy(property));
    }

    /// <summary>The value of a row as HubSpot tells it.</summary>
    public string Read(string cell)
    {
        string value = PropertyValue.Canonical(Property, _values.GetValueOrDefault(cell, cell));
        if (_seen.TryGetValue(value, out string? shared))
        {
            return shared;
        }

        if (_seen.Count < MostShared || Property.Type == "enumeration")
        {
            _seen.Add(value, value);
        }

        return value;
    }

    /// <summary>Gives an enumeration the options that were seen, and those that the definition maps to.</summary>
    public void Close()
    {
        if (Property.Type == "enumeration")
        {
            IEnumerable<string> seen = Property.IsMultiple ? _seen.Keys.SelectMany(value => value.Split(';')) : _seen.Keys;
            Property = Property with { Options = [.. seen.Concat(_mapped).Where(option => option.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] };
        }
    }

    private static string[] MappedBy(PropertyDefinition? property)
        => property is null ? []
            : [.. property.Convert.OfType<MapDefinition>().SelectMany(map => map.Values.Values), .. ((string?[])[property.Default, property.Constant]).OfType<string>()];

    private static (string Type, string FieldType) KindOf(TableColumn column, PropertyDefinition? property) => property?.Comparison switch
    {
        EnumerationComparisonDefinition => ("enumeration", "select"),
        MultiSelectComparisonDefinition => ("enumeration", "checkbox"),
        NumberComparisonDefinition => ("number", "number"),
        DateComparisonDefinition => ("date", "date"),
        DatetimeComparisonDefinition => ("datetime", "date"),
        BooleanComparisonDefinition => ("bool", "booleancheckbox"),
        PhoneComparisonDefinition => ("string", "phonenumber"),
        TextIgnoringWhitespaceComparisonDefinition => ("string", "textarea"),
        _ => column.Type switch
        {
            MirrorType.Boolean => ("bool", "booleancheckbox"),
            MirrorType.Date => ("date", "date"),
            MirrorType.Timestamp or MirrorType.TimestampTz => ("datetime", "date"),
            { } type when type.IsNumber() => ("number", "number"),
            _ => ("string", "text"),
        },
    };
}
