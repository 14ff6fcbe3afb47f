using System.CommandLine;

namespace Recon.Benchmarks.Results;

/// <summary>The options that say what becomes of the figures.</summary>
internal sealed class FindingOptions
{
    private readonly Option<bool> _json = new("--json") { Description = "One JSON document on standard output." };
    private readonly Option<bool> _save = new("--save") { Description = "Save the figures in benchmarks/results, for the report." };
    private readonly Option<string> _note = new("--note")
    {
        Description = "With --save: what you noticed, in a line.",
        DefaultValueFactory = _ => "",
    };

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Add(_json);
        command.Add(_save);
        command.Add(_note);
    }

    /// <summary>What was said.</summary>
    /// <param name="parse">The command line.</param>
    public Findings Of(ParseResult parse) => new(parse.GetValue(_json), parse.GetValue(_save), parse.GetRequiredValue(_note));
}
