namespace Recon.HubSpot.Portal;

/// <summary>A property of an object type, as an account has it.</summary>
/// <param name="Name">The internal name.</param>
/// <param name="Type">string, number, bool, date, datetime, enumeration, phone_number …</param>
/// <param name="FieldType">text, textarea, checkbox (several values), select, radio …</param>
internal sealed record PortalProperty(string Name, string Type, string FieldType)
{
    /// <summary>The values of an enumeration.</summary>
    public IReadOnlyList<PortalOption> Options { get; init => field = value ?? []; } = [];

    /// <summary>HubSpot works its value out.</summary>
    public bool Calculated { get; init; }

    /// <summary>HubSpot alone sets its value.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>No two records may have the same value.</summary>
    public bool Unique { get; init; }

    /// <summary>It was deleted, and can be restored.</summary>
    public bool Archived { get; init; }

    /// <summary>Whether a value is a list of options, separated by semicolons.</summary>
    internal bool IsList => Type == "enumeration" && FieldType == "checkbox";
}

/// <summary>A value of an enumeration.</summary>
/// <param name="Value">What is written.</param>
/// <param name="Label">What people see.</param>
/// <param name="Hidden">Whether people cannot choose it; it can be written all the same.</param>
internal sealed record PortalOption(string Value, string Label, bool Hidden = false);
