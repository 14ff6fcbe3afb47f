using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values;

/// <summary>One step of a conversion chain, from legacy text to HubSpot's canonical text.</summary>
[Union(typeof(ValueKinds), nameof(ValueKinds.Conversions))]
internal abstract record ConversionDefinition
{
    /// <summary>The value of <c>kind</c>.</summary>
    public string Kind => KindAttribute.Of(this);

    /// <summary>The step in listings of a chain.</summary>
    public virtual string Label => Kind;

    /// <summary>When two of its results are the same; <see langword="null"/> where it leaves that to the steps before it.</summary>
    internal virtual ComparisonDefinition? Produces => null;

    /// <summary>Declarations to try on values that this one refuses, the likelier first.</summary>
    /// <param name="hasAccepted">Whether it reads other values of the same column, which then must still be read.</param>
    internal virtual IEnumerable<Alternative> Alternatives(bool hasAccepted) => [];

    /// <summary>Declarations under which the values that it reads mean something else, the likelier first.</summary>
    internal virtual IEnumerable<ConversionDefinition> Rereadings => [];

    /// <exception cref="ConversionSetupException">
    /// A map file is missing, outside of the allowed folder or not readable, or a default is no zone or region.
    /// </exception>
    internal abstract IConversion Compile(ConversionContext context);
}
