namespace Recon.Sandbox.Portal;

/// <summary>What HubSpot tells of a property.</summary>
internal sealed record SandboxProperty(string Name)
{
    /// <value>string, number, date, datetime, enumeration, bool, phone_number.</value>
    public string Type { get; init; } = "string";

    /// <value>text, textarea, number, date, select, checkbox, booleancheckbox, phonenumber, calculation_equation …</value>
    public string FieldType { get; init; } = "text";

    /// <summary>The internal values of an enumeration.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    public bool IsCalculated { get; init; }

    public bool IsReadOnly { get; init; }

    /// <summary>Whether no two records may have the same value.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Whether it is one of HubSpot's own.</summary>
    public bool IsOfHubspot { get; init; }

    /// <summary>Whether a value is a list joined by semicolons.</summary>
    public bool IsMultiple => Type == "enumeration" && FieldType == "checkbox";

    /// <summary>What administrators demand of its values.</summary>
    public IReadOnlyList<PropertyRule> Rules { get; init; } = [];
}

/// <summary>A validation rule of a property, such as MAX_LENGTH with 10.</summary>
internal sealed record PropertyRule(string Type, IReadOnlyList<string> Arguments);

/// <summary>Updates of a record that has one value must leave another property filled.</summary>
/// <param name="When">The property that the condition looks at.</param>
/// <param name="Holds">The value for which the condition holds.</param>
/// <param name="Required">The property that must then have a value.</param>
internal sealed record ConditionalRule(string When, string Holds, string Required);
