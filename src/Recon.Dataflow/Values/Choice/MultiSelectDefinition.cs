using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Choice;

/// <summary>Turns a separated list into HubSpot's <c>a;b</c>.</summary>
[Kind("multi-select", "Turns a list such as ,a,b, into a;b: the order is kept, blanks and duplicates are removed.", Shorthand = true)]
internal sealed record MultiSelectDefinition : ConversionDefinition, ISelfValidating
{
    [Option("The separator of the legacy values: one ASCII character. A semicolon always separates, too.")]
    public string Separator { get; init; } = ",";

    [Option("HubSpot's internal value for each legacy value. Default: values stay as they are.")]
    public IReadOnlyDictionary<string, string>? Values { get; init; }

    [Option("Whether the case of the legacy values is ignored.")]
    public bool IgnoreCase { get; init; }

    [Option("What happens to a value that is not in \"values\": \"reject-value\" does not stage the list, \"reject-row\" rejects the record, \"pass\" keeps it.")]
    public UnmappedPolicy OnUnmapped { get; init; } = UnmappedPolicy.RejectValue;

    internal override ComparisonDefinition Produces => new MultiSelectComparisonDefinition();

    public IEnumerable<(string Member, string Message)> Validate()
    {
        if (Separator.Length != 1 || !char.IsAscii(Separator[0]))
        {
            yield return (nameof(Separator), $"'{Separator}' is not one ASCII character. Use \",\", \"|\" or \";\".");
        }

        foreach ((string Member, string Message) problem in MapRules.Check(nameof(Values), Values ?? new Dictionary<string, string>(), IgnoreCase))
        {
            yield return problem;
        }
    }

    internal override IEnumerable<Alternative> Alternatives(bool hasAccepted)
        => IgnoreCase ? [] : [new Alternative(this with { IgnoreCase = true })];

    internal override IConversion Compile(ConversionContext context) => new MultiSelectConversion(this);
}
