using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

[Kind("boolean", "Reads a truth value into true or false; case is ignored.", Shorthand = true)]
internal sealed record BooleanDefinition : ConversionDefinition, ISelfValidating
{
    private static readonly (string True, string False)[] s_known =
    [
        ("ja", "nein"), ("j", "n"), ("wahr", "falsch"), ("sí", "no"), ("si", "no"), ("vero", "falso"), ("verdadero", "falso"),
        ("o", "n"), ("-1", "0"), ("x", "-"), ("✓", "✗"), ("active", "inactive"), ("enabled", "disabled"),
    ];

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

    internal override IEnumerable<Alternative> Alternatives(bool hasAccepted)
        => s_known.Where(pair => !FalseTexts.Contains(pair.True, StringComparer.OrdinalIgnoreCase) && !TrueTexts.Contains(pair.False, StringComparer.OrdinalIgnoreCase))
            .Select(pair => new Alternative(this with { TrueTexts = [.. TrueTexts, pair.True], FalseTexts = [.. FalseTexts, pair.False] }));

    internal override IConversion Compile(ConversionContext context) => new BooleanConversion(this);
}
