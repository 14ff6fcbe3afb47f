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

    /// <summary>Adds them to a command, and what it does: nothing, if its figures are to be saved and the machine is busy.</summary>
    public void SetAction(Command command, Func<ParseResult, Findings, CancellationToken, Task<int>> measure)
    {
        command.Add(_json);
        command.Add(_save);
        command.Add(_note);
        command.SetAction(async (parse, token) =>
        {
            var findings = new Findings(parse.GetValue(_json), parse.GetValue(_save), parse.GetRequiredValue(_note));
            if (findings.Save && await QuietMachine.DisturbanceAsync(token) is { } disturbance)
            {
                await Console.Error.WriteLineAsync($"Not measured: {disturbance} Wait until they have ended, or leave out --save.");
                return 2;
            }

            return await measure(parse, findings, token);
        });
    }
}
