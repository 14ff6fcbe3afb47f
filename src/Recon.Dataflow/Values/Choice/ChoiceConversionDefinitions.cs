using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

/// <summary>What a value that the map does not know does.</summary>
internal enum UnmappedPolicy
{
    /// <summary>The value is not staged; it is counted and listed with the nearest option.</summary>
    RejectValue,

    /// <summary>The whole record is rejected.</summary>
    RejectRow,

    /// <summary>It stays as it is.</summary>
    Pass,
}

/// <summary>Replaces values by others.</summary>
[Kind("map", "Replaces legacy values by HubSpot's internal values. Values are trimmed; nothing is guessed.")]
internal sealed record MapDefinition : ConversionDefinition, ISelfValidating
{
    /// <summary>HubSpot's value for each legacy value; an empty one means no value.</summary>
    [Option("HubSpot's internal value for each legacy value. An empty one means \"no value\".", Required = true)]
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the case of legacy values is ignored. Default: <see langword="false"/>.</summary>
    [Option("Whether the case of the legacy values is ignored.")]
    public bool IgnoreCase { get; init; }

    /// <summary>What any other value does. Default: it fails.</summary>
    [Option("What any other value does: \"reject-value\" does not stage it, \"reject-row\" rejects the record, \"pass\" keeps it.")]
    public UnmappedPolicy OnUnmapped { get; init; } = UnmappedPolicy.RejectValue;

    public IEnumerable<(string Member, string Message)> Validate() => MapRules.Check(nameof(Values), Values, IgnoreCase);
}

/// <summary>Replaces values by others that a CSV file lists.</summary>
[Kind("map-file", "Replaces legacy values by those that a CSV file with the header from,to lists: owners, stages.")]
internal sealed record MapFileDefinition : ConversionDefinition
{
    /// <summary>The file, relative to the definition; UTF-8, comma, header <c>from,to</c>.</summary>
    [Option("The CSV file, relative to the definition: UTF-8, comma, header from,to.", Required = true)]
    public string Path { get; init; } = "";

    /// <summary>Whether the case of legacy values is ignored. Default: <see langword="false"/>.</summary>
    [Option("Whether the case of the legacy values is ignored.")]
    public bool IgnoreCase { get; init; }

    /// <summary>What any other value does. Default: it fails.</summary>
    [Option("What any other value does: \"reject-value\" does not stage it, \"reject-row\" rejects the record, \"pass\" keeps it.")]
    public UnmappedPolicy OnUnmapped { get; init; } = UnmappedPolicy.RejectValue;
}

/// <summary>Turns a separated list into HubSpot's <c>a;b</c>.</summary>
[Kind("multi-select", "Turns a list such as ,a,b, into a;b: order kept, blanks and duplicates removed.", Shorthand = true)]
internal sealed record MultiSelectDefinition : ConversionDefinition, ISelfValidating
{
    /// <summary>What separates the legacy values; one ASCII character. Default: comma.</summary>
    [Option("What separates the legacy values: one ASCII character. A semicolon always does.")]
    public string Separator { get; init; } = ",";

    /// <summary>HubSpot's value for each legacy value; values stay as they are when <see langword="null"/>.</summary>
    [Option("HubSpot's internal value for each legacy value. Default: values stay as they are.")]
    public IReadOnlyDictionary<string, string>? Values { get; init; }

    /// <summary>Whether the case of legacy values is ignored. Default: <see langword="false"/>.</summary>
    [Option("Whether the case of the legacy values is ignored.")]
    public bool IgnoreCase { get; init; }

    /// <summary>What a value that <see cref="Values"/> lacks does. Default: the whole list fails.</summary>
    [Option("What a value that \"values\" lacks does: \"reject-value\" does not stage the list, \"reject-row\" rejects the record, \"pass\" keeps it.")]
    public UnmappedPolicy OnUnmapped { get; init; } = UnmappedPolicy.RejectValue;

    public IEnumerable<(string Member, string Message)> Validate()
    {
        if (Separator.Length != 1 || !char.IsAscii(Separator[0]))
        {
            yield return (nameof(Separator), $"'{Separator}' is not one ASCII character. Use \",\", \"|\" or \";\".");
        }

        foreach ((string Member, string Message) problem in MapRules.Check(nameof(Values), Values ?? new Dictionary<string, string>(), IgnoreCase))
        {
            yield return problem;
        }
    }
}

/// <summary>What every map of values must keep.</summary>
internal static class MapRules
{
    internal static IEnumerable<(string Member, string Message)> Check(
        string member, IReadOnlyDictionary<string, string> values, bool ignoreCase)
    {
        if (values.Keys.Any(string.IsNullOrWhiteSpace))
        {
            yield return (member, "maps a blank text, which never gets here: use the property's \"default\".");
        }

        if (ignoreCase)
        {
            IEnumerable<string> twice = values.GroupBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
                .Where(same => same.Select(pair => pair.Value).Distinct().Skip(1).Any())
                .Select(same => same.Key);
            foreach (string key in twice)
            {
                yield return (member, $"maps '{key}' to several values once case is ignored. Keep one, or set ignoreCase to false.");
            }
        }
    }
}
