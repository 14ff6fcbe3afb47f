using System.Text.RegularExpressions;
using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

[Kind("replace", "Replaces what a regular expression finds. A value that takes the expression longer than a second is not staged.")]
internal sealed record ReplaceDefinition : ConversionDefinition, ISelfValidating
{
    [Option("The regular expression, in .NET's syntax.", Required = true)]
    public string Pattern { get; init; } = "";

    [Option("What each match becomes: $1 or ${name} is a group, $$ a dollar.")]
    public string Replacement { get; init; } = "";

    [Option("Whether case is ignored.")]
    public bool IgnoreCase { get; init; }

    public IEnumerable<(string Member, string Message)> Validate()
    {
        string? problem = null;
        try
        {
            _ = new Regex(Pattern);
        }
        catch (RegexParseException wrong)
        {
            problem = $"is not a regular expression: {wrong.Message}";
        }

        return problem is null ? [] : [(nameof(Pattern), problem)];
    }

    internal override IConversion Compile(ConversionContext context) => new ReplaceConversion(this);
}
