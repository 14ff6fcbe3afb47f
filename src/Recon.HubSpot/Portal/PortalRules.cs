namespace Recon.HubSpot.Portal;

/// <summary>What the records of an object type must keep.</summary>
internal sealed record PortalRules
{
    /// <summary>Properties that must always have a value.</summary>
    public IReadOnlyList<string> Required { get; init => field = value ?? []; } = [];

    /// <summary>Properties that must have a value when another one has a certain value. HubSpot does not tell them: they are written by hand.</summary>
    public IReadOnlyList<ConditionalRule> Conditional { get; init => field = value ?? []; } = [];

    /// <summary>Rules about the values of single properties.</summary>
    public IReadOnlyList<ValueRule> Values { get; init => field = value ?? []; } = [];
}

/// <summary>While a property has one of some values, others must have one.</summary>
/// <param name="When">The property that decides.</param>
/// <param name="In">Its values; empty: any.</param>
/// <param name="Require">The properties that must have a value then.</param>
internal sealed record ConditionalRule(string When, IReadOnlyList<string> In, IReadOnlyList<string> Require)
{
    /// <summary>The condition, behind the property's name.</summary>
    internal string Holds => In.Count == 0 ? "has a value" : $"is {string.Join(" or ", In)}";
}

/// <summary>A rule about the values of a property.</summary>
/// <param name="Kind">HubSpot's word for it: MAX_LENGTH, MIN_NUMBER, ALPHANUMERIC, REGEX …</param>
internal sealed record ValueRule(string Property, string Kind, IReadOnlyList<string> Arguments);
