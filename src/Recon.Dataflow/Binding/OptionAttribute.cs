using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Recon.Dataflow.Binding;

/// <summary>
/// Describes one key of the definition file. The strict reader, the JSON Schema and the documentation are all made
/// from it, so that they cannot disagree.
/// </summary>
/// <param name="description">What the key does, in one or two sentences, for people who edit the file.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionAttribute(string description) : Attribute
{
    public string Description { get; } = description;

    /// <summary>The key's name in the file; the camel-cased property name when <see langword="null"/>.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The name that the key had before; <see langword="null"/> for none. It still works, with a warning, and fingerprints
    /// are taken with it, so that a rename leaves them as they were.
    /// </summary>
    public string? Formerly { get; init; }

    /// <summary>
    /// Whether the key came later than others: its default then leaves fingerprints as they were, so that runs that began
    /// before go on. Default: <see langword="false"/>.
    /// </summary>
    public bool Later { get; init; }

    /// <summary>Whether leaving the key out is an error. Default: <see langword="false"/>.</summary>
    public bool Required { get; init; }

    /// <summary>Smallest number allowed, inclusive. Default: no limit.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest number allowed, inclusive. Default: no limit.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;
}

/// <summary>Names the value of <c>kind</c> that selects a record of a union.</summary>
/// <param name="kind">The value of <c>kind</c>, such as <c>csv</c>.</param>
/// <param name="description">What an object of this kind is, for the schema.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class KindAttribute(string kind, string description) : Attribute
{
    public string Kind { get; } = kind;

    public string Description { get; } = description;

    public static string Of(object record) => record.GetType().GetCustomAttribute<KindAttribute>()!.Kind;

    /// <summary>
    /// Whether the bare string <c>"kind"</c> may stand for the object with all defaults. Default: <see langword="false"/>.
    /// </summary>
    public bool Shorthand { get; init; }
}

/// <summary>Says that a string may stand for the record: it is the value of one member.</summary>
/// <param name="member">The property, a string.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class BareAttribute(string member) : Attribute
{
    public string Member { get; } = member;
}

/// <summary>Lists the records, each with a <see cref="KindAttribute"/>, that an abstract record stands for.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class UnionAttribute : Attribute
{
    public UnionAttribute(params Type[] cases) => Cases = cases;

    /// <summary>Takes the records from a table.</summary>
    /// <param name="list">Its static property with them: public, an <see cref="IReadOnlyList{T}"/> of types.</param>
    public UnionAttribute([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type table, string list) => Cases = (IReadOnlyList<Type>)table.GetProperty(list)!.GetValue(null)!;

    public IReadOnlyList<Type> Cases { get; }
}
