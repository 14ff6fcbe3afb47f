using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Recon.Dataflow.Binding;

/// <summary>What a value of the definition file may be.</summary>
internal enum ValueKind
{
    String,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>Any number.</summary>
    Number,

    /// <summary>One of a few strings.</summary>
    Enumeration,

    /// <summary>A count or a share, as a string, or a count as a whole number.</summary>
    Limit,

    List,

    /// <summary>An object with keys of the user's choice.</summary>
    Dictionary,

    /// <summary>An object with fixed keys.</summary>
    Record,

    /// <summary>An object whose <c>kind</c> says what it is, or the bare kind as a string.</summary>
    Union,
}

/// <param name="Nullable">Whether null may stand for "not given".</param>
/// <param name="Element">The type of a list's items or a dictionary's values.</param>
internal sealed record OptionType(ValueKind Kind, Type Clr, bool Nullable, OptionType? Element)
{
    private const string Shared = "Items and values are references, for which a native executable has one code: DefinitionShape takes no others.";

    /// <summary>An empty list of the items of a list.</summary>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Shared)]
    public IList NewList() => (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(Clr.GenericTypeArguments[0]))!;

    /// <summary>An empty dictionary of the values of a dictionary.</summary>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Shared)]
    public IDictionary NewDictionary()
        => (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), Clr.GenericTypeArguments[1]))!;
}

/// <param name="Property">The property that it is bound to.</param>
internal sealed record ShapeMember(string Key, PropertyInfo Property, OptionAttribute Option, OptionType Type);

/// <summary>The keys of a definition record: reader, schema, fingerprint and validator all work from this.</summary>
internal sealed class DefinitionShape
{
    private static readonly ConcurrentDictionary<Type, DefinitionShape> s_shapes = new();

    private const DynamicallyAccessedMemberTypes Read
        = DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor;

    private readonly Func<object> _make;
    private readonly Lazy<object> _defaults;

    private DefinitionShape([DynamicallyAccessedMembers(Read)] Type type)
    {
        Kind = type.GetCustomAttribute<KindAttribute>();
        Bare = type.GetCustomAttribute<BareAttribute>() is { } bare ? type.GetProperty(bare.Member) : null;
        NullabilityInfoContext nullability = new();
        Members =
        [
            .. type.GetProperties()
                .Select(property => (Property: property, Option: property.GetCustomAttribute<OptionAttribute>()))
                .Where(pair => pair.Option is not null)
                .Select(pair => new ShapeMember(
                    pair.Option!.Name ?? Camel(pair.Property.Name),
                    pair.Property,
                    pair.Option,
                    TypeOf(pair.Property.PropertyType, nullability.Create(pair.Property)))),
        ];
        _make = () => Activator.CreateInstance(type)!;
        _defaults = new Lazy<object>(_make);
        Keys = [.. Kind is null ? [] : new[] { "kind" }, .. Members.Select(member => member.Key)];
    }

    /// <summary>The kind that selects the record in its union, if it has one.</summary>
    public KindAttribute? Kind { get; }

    /// <summary>The property that a bare string in place of the record is the value of.</summary>
    public PropertyInfo? Bare { get; }

    /// <summary>The keys, without <c>kind</c>.</summary>
    public IReadOnlyList<ShapeMember> Members { get; }

    /// <summary>The names of all keys, <c>kind</c> included.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>A record with all defaults, which nobody changes.</summary>
    public object Defaults => _defaults.Value;

    /// <summary>A new record with all defaults.</summary>
    public object New() => _make();

    /// <summary>The shape of a record.</summary>
    /// <param name="type">Its type: not abstract, with a constructor without parameters.</param>
    /// <exception cref="NotSupportedException">A member has a type that the file cannot express.</exception>
    public static DefinitionShape Of(Type type) => s_shapes.GetOrAdd(type, static key => new DefinitionShape(Kept(key)));

    /// <summary>The shapes of a union's cases by kind, in their order.</summary>
    public static IReadOnlyList<(string Kind, Type Type, bool Shorthand)> CasesOf(Type union) =>
    [
        .. union.GetCustomAttribute<UnionAttribute>(false)!.Cases.Select(type =>
        {
            // Not from its shape: of most unions a definition uses few cases, and shapes take their time.
            KindAttribute kind = type.GetCustomAttribute<KindAttribute>() ?? throw new NotSupportedException($"{type} has no [Kind].");
            return (kind.Kind, type, kind.Shorthand);
        }),
    ];

    /// <summary>Whether a type is a record with options.</summary>
    public static bool IsRecord(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type != typeof(string)
        && Kept(type).GetProperties().Any(property => property.IsDefined(typeof(OptionAttribute)))
        && Kept(type).GetConstructor(Type.EmptyTypes) is not null;

    /// <summary>The member that a key of the file gives, in its present or its former spelling.</summary>
    public ShapeMember? Find(string key) =>
        Members.FirstOrDefault(candidate => candidate.Key == key || candidate.Option.Formerly == key);

    /// <summary>An enumeration value as the file spells it.</summary>
    /// <param name="name">The name in C#, such as <c>FillBlank</c>.</param>
    public static string Kebab(string name) => string.Concat(name.Select((character, index) =>
        char.IsAsciiLetterUpper(character)
            ? (index == 0 ? "" : "-") + char.ToLowerInvariant(character)
            : character.ToString()));

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    [UnconditionalSuppressMessage("Trimming", "IL2068", Justification = "ILLink.Descriptors.xml keeps the definition's records whole.")]
    [return: DynamicallyAccessedMembers(Read)]
    private static Type Kept(Type type) => type;

    private static OptionType TypeOf(Type type, NullabilityInfo nullability)
    {
        bool nullable = nullability.ReadState == NullabilityState.Nullable;
        Type clr = Nullable.GetUnderlyingType(type) ?? type;
        Type? generic = clr.IsGenericType ? clr.GetGenericTypeDefinition() : null;
        if (generic == typeof(IReadOnlyList<>))
        {
            Type item = clr.GenericTypeArguments[0];
            return new OptionType(ValueKind.List, clr, nullable, TypeOf(item, nullability.GenericTypeArguments[0]));
        }

        if (generic == typeof(IReadOnlyDictionary<,>) && clr.GenericTypeArguments[0] == typeof(string))
        {
            Type value = clr.GenericTypeArguments[1];
            return new OptionType(ValueKind.Dictionary, clr, nullable, TypeOf(value, nullability.GenericTypeArguments[1]));
        }

        ValueKind kind = clr switch
        {
            _ when clr == typeof(string) => ValueKind.String,
            _ when clr == typeof(bool) => ValueKind.Boolean,
            _ when clr == typeof(int) || clr == typeof(long) => ValueKind.Integer,
            _ when clr == typeof(double) || clr == typeof(decimal) => ValueKind.Number,
            { IsEnum: true } => ValueKind.Enumeration,
            _ when clr == typeof(Limit) => ValueKind.Limit,
            _ when clr.GetCustomAttribute<UnionAttribute>(false) is not null => ValueKind.Union,
            _ when IsRecord(clr) => ValueKind.Record,
            _ => throw new NotSupportedException($"The definition file cannot express {type}."),
        };
        return new OptionType(kind, clr, nullable, null);
    }
}
