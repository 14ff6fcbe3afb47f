namespace Recon.HubSpot.Portal;

/// <summary>What an account would refuse.</summary>
internal enum ViolationKind
{
    /// <summary>The account, or the file, has no such object type.</summary>
    Type,

    /// <summary>The property does not exist.</summary>
    Property,

    /// <summary>The property is archived, read-only or calculated.</summary>
    ReadOnly,

    /// <summary>The property takes another kind of value than is made for it.</summary>
    Kind,

    /// <summary>The value is none of the property's options.</summary>
    Option,

    /// <summary>The value is no number, date or truth value, as the property wants it.</summary>
    Value,

    /// <summary>The text is too long.</summary>
    Length,

    /// <summary>A rule of the account speaks against the value.</summary>
    Rule,

    /// <summary>A property that must have a value would lose it.</summary>
    Required,

    /// <summary>Another property must have a value then.</summary>
    Conditional,

    /// <summary>Several records would have the same value, which only one may have.</summary>
    Unique,
}

/// <summary>Something that an account would refuse.</summary>
/// <param name="Property">The property's name in HubSpot; empty for what concerns the type.</param>
/// <param name="Message">What and why; holds no value of a record.</param>
/// <param name="Fix">What to do.</param>
internal sealed record PortalViolation(ViolationKind Kind, string Type, string Property, string Message, string Fix)
{
    /// <summary>Whether it depends on records: some updates may be refused, and others not.</summary>
    public bool IsPossible { get; init; }
}
