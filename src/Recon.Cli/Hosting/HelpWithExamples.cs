using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Recon.Cli.Hosting;

/// <summary>Help of a command, with its examples at the end.</summary>
/// <param name="help">Writes all but the examples.</param>
internal sealed class HelpWithExamples(HelpAction help, Func<Command, IReadOnlyList<Example>> examples) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        IReadOnlyList<Example> list = examples(parseResult.CommandResult.Command);
        if (list.Count == 0)
        {
            return exitCode;
        }

        output.WriteLine("Examples:");
        foreach (Example example in list)
        {
            output.WriteLine($"  {example.Line}");
            output.WriteLine($"      {example.Purpose}");
        }

        output.WriteLine();
        return exitCode;
    }
}
