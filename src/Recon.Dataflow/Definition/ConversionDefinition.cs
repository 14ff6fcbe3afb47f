namespace Recon.Dataflow.Definition;

/// <summary>One step of a conversion chain, from legacy text to HubSpot's canonical text.</summary>
[Union(
    typeof(TrimDefinition),
    typeof(DomainDefinition))]
public abstract record ConversionDefinition
{
    /// <summary>The value of <c>kind</c>.</summary>
    public string Kind => ((KindAttribute)Attribute.GetCustomAttribute(GetType(), typeof(KindAttribute))!).Kind;
}

/// <summary>Removes white space around the value.</summary>
[Kind("trim", "Removes white space around the value, no-break and zero-width characters included.", Shorthand = true)]
public sealed record TrimDefinition : ConversionDefinition;

/// <summary>Reduces a web address or host to its bare host.</summary>
[Kind("domain", "Reduces a web address or host to the lower-case host, without scheme, www., port, path and query.", Shorthand = true)]
public sealed record DomainDefinition : ConversionDefinition;
