using System.Text;
using Recon.Dataflow.Definition;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Writing;

/// <summary>The staging table of a pipeline: for the objects that others query by fixed names, those; else names made from the mirror's.</summary>
internal static class StageNames
{
    private const int Longest = 40;

    private static readonly Dictionary<string, StageObject> s_known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["companies"] = new("company", "company", [new("name"), new("domain") { IsConverted = true }], []),
        ["contacts"] = new("contact", "contact", [new("email"), new("firstname"), new("lastname")], ["company"]),
        ["deals"] = new("deal", "deal", [new("dealname"), new("amount") { IsConverted = true, Type = StagedType.Numeric }], ["company", "contact"]),
        ["engagements"] = new(
            "communication",
            "engagement",
            [
                new("hs_engagement_type") { Name = "type", IsLegacyOnly = true },
                new("hs_engagement_subject") { Name = "subject", IsLegacyOnly = true },
                new("hs_timestamp") { Name = "datetime", IsConverted = true, Type = StagedType.Timestamptz, IsLegacyOnly = true },
            ],
            ["company", "contact", "deal"]),
    };

    /// <param name="active">The properties of the diff block.</param>
    public static StageBlockDefinition Of(
        WriterSettings settings, string table, IReadOnlyList<PropertyDefinition> active, IReadOnlyList<ParentProposal> parents)
    {
        string mirror = table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..];
        StageObject known = s_known.GetValueOrDefault(mirror) ?? Unknown(mirror);
        List<StagedColumnDefinition> columns = [];
        foreach (StageProperty wanted in known.Properties)
        {
            if (active.FirstOrDefault(property => property.Property.Equals(wanted.Property, StringComparison.OrdinalIgnoreCase)) is { Column: { } column } property)
            {
                StagedColumnDefinition legacy = new() { Name = $"legacy_{wanted.Name}", Type = wanted.Type };
                columns.Add(wanted.IsConverted ? legacy with { Converted = property.Property } : legacy with { Legacy = column });
                if (!wanted.IsLegacyOnly)
                {
                    columns.Add(new StagedColumnDefinition { Name = $"hubspot_{wanted.Name}", Type = wanted.Type, Hubspot = property.Mirror });
                }
            }
        }

        HashSet<string> taken = new(columns.Select(column => column.Name), StringComparer.OrdinalIgnoreCase) { $"legacy_{known.Legacy}_id", $"hubspot_{known.Hubspot}_id" };
        foreach (ParentProposal parent in parents.OrderBy(parent => Array.IndexOf(known.Parents, parent.Name) is >= 0 and int index ? index : known.Parents.Length))
        {
            string name = Identifier(parent.Name);
            while (taken.Contains($"legacy_{name}_id") || taken.Contains($"hubspot_{name}_id"))
            {
                name = "parent_" + name;
            }

            taken.UnionWith([$"legacy_{name}_id", $"hubspot_{name}_id"]);
            columns.Add(new StagedColumnDefinition { Name = $"legacy_{name}_id", ParentLegacyId = parent.Name });
            columns.Add(new StagedColumnDefinition { Name = $"hubspot_{name}_id", Type = StagedType.Bigint, ParentHubspotId = parent.Name });
        }

        return new StageBlockDefinition
        {
            Table = Table(settings),
            LegacyId = $"legacy_{known.Legacy}_id",
            HubspotId = $"hubspot_{known.Hubspot}_id",
            Columns = columns,
        };
    }

    /// <summary>A name as an identifier that needs no quotes: letters, digits and underscores.</summary>
    public static string Identifier(string name)
    {
        StringBuilder text = new();
        foreach (char character in name.ToLowerInvariant())
        {
            text.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        }

        string identifier = text.ToString().Trim('_');
        return identifier[..Math.Min(identifier.Length, Longest)] is { Length: > 0 } found ? found : "record";
    }

    private static string Table(WriterSettings settings)
    {
        string name = $"{Identifier(settings.Name)}_reconciliation";
        name = char.IsAsciiDigit(name[0]) ? "_" + name : name;
        string table = name;
        for (int number = 2; settings.TakenTables.Contains(table, StringComparer.OrdinalIgnoreCase) || OwnRelations.Takes(table); number++)
        {
            table = $"{name}_{number}";
        }

        return table;
    }

    // A table is named by what is in it, in the plural.
    private static StageObject Unknown(string table)
    {
        string name = Identifier(table);
        string one = name.EndsWith("ies", StringComparison.Ordinal) ? name[..^3] + "y" : name.EndsWith('s') ? name[..^1] : name;
        return new StageObject(one, one, [], []);
    }

    /// <param name="Legacy">What the legacy id's column is called after.</param>
    /// <param name="Parents">Their order.</param>
    private sealed record StageObject(string Legacy, string Hubspot, StageProperty[] Properties, string[] Parents);

    private sealed record StageProperty(string Property)
    {
        public string Name { get; init; } = Property;

        public bool IsConverted { get; init; }

        public bool IsLegacyOnly { get; init; }

        public StagedType Type { get; init; }
    }
}
