using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values;

/// <summary>When two values are the same. Equal records compile to equal comparisons.</summary>
[Union(typeof(ValueKinds), nameof(ValueKinds.Comparisons))]
internal abstract record ComparisonDefinition
{
    /// <summary>The value of <c>kind</c>; differences that the comparison suppresses are counted under it.</summary>
    public string Kind => KindAttribute.Of(this);

    /// <exception cref="ConversionSetupException">The telephone region is none.</exception>
    internal abstract IComparison Compile(ConversionContext context);

    /// <summary>The comparison with what it leaves to the property's conversions.</summary>
    internal virtual ComparisonDefinition After(IReadOnlyList<ConversionDefinition> steps) => this;

    /// <summary>Why values of a mirror column cannot be compared so; <see langword="null"/> when they can.</summary>
    internal string? WhyNot(MirrorType type)
        // Text and JSON hold whatever the synchronisation wrote.
        => type is MirrorType.Text or MirrorType.Json or MirrorType.Jsonb ? null : WhyNotTyped(type);

    /// <summary>As <see cref="WhyNot"/>, for types other than text and JSON.</summary>
    protected virtual string? WhyNotTyped(MirrorType type) => "it holds no texts";
}
