using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Tests.Binding;

/// <summary>What a trimmed program keeps of the definition.</summary>
public sealed class TrimmingTests
{
    // ILLink.Descriptors.xml keeps types by the end of their names.
    [Fact]
    public void Records_WithOptionsOrKind_AreNamedDefinition()
    {
        Type[] records =
        [
            .. typeof(ReconDefinition).Assembly.GetTypes().Where(type => type.IsDefined(typeof(KindAttribute), false)
                || type.GetProperties().Any(property => property.IsDefined(typeof(OptionAttribute), false))),
        ];

        Assert.Contains(typeof(ReconDefinition), records);
        Assert.DoesNotContain(records, type => !type.Name.EndsWith("Definition", StringComparison.Ordinal));
    }

    [Fact]
    public void Descriptors_OfTheAssembly_NameTheDefinitions()
    {
        using var reader = new StreamReader(typeof(ReconDefinition).Assembly.GetManifestResourceStream("ILLink.Descriptors.xml")!);

        Assert.Contains("\"Recon.Dataflow.*Definition\"", reader.ReadToEnd(), StringComparison.Ordinal);
    }

    // A native executable has one code for lists and dictionaries of references, and none for those of other values.
    [Fact]
    public void ListsAndDictionaries_OfDefinitions_HoldReferences()
    {
        IEnumerable<ShapeMember> members = typeof(ReconDefinition).Assembly.GetTypes()
            .Where(DefinitionShape.IsRecord)
            .SelectMany(type => DefinitionShape.Of(type).Members);

        Assert.All(members, member =>
        {
            for (OptionType? type = member.Type.Element; type is not null; type = type.Element)
            {
                Assert.False(type.Clr.IsValueType, $"{member.Property.DeclaringType}.{member.Property.Name} holds {type.Clr}.");
            }
        });
    }
}
