using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

[Kind("boolean", "Reads a truth value into true or false; case is ignored.", Shorthand = true)]
internal sealed record BooleanDefinition : ConversionDefinition, ISelfValidating
{
    [Option("The texts that mean true; case is ignored.", Name = "true")]
    public IReadOnlyList<string> TrueTexts { get; init; } = ["true", "1", "yes", "y", "t", "on", "oui", "vrai"];

    [Option("The texts that mean false; case is ignored.", Name = "false")]
    public IReadOnlyList<string> FalseTexts { get; init; } = ["false", "0", "no", "n", "f", "off", "non", "faux"];

    internal override ComparisonDefinition Produces => new BooleanComparisonDefinition();

    public IEnumerable<(string Member, string Message)> Validate()
    {
        foreach (string text in TrueTexts.Intersect(FalseTexts, StringComparer.OrdinalIgnoreCase))
        {
            yield return ("true", $"'{text}' means both true and false. Remove it from one of the lists.");
        }
    }

    internal override IConversion Compile(ConversionContext context) => new BooleanConversion(this);
}
