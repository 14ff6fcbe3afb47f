using System.CommandLine;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Postgres.Faults;

namespace Recon.Cli.Hosting;

/// <summary>Binds a command's body, so that every failure ends as one message and an exit code.</summary>
internal sealed class CommandBinder(CliContext context, GlobalOptions global)
{
    private readonly Dictionary<Command, IReadOnlyList<Example>> _examples = [];

    /// <summary>The examples of a command's help; none for a command that was not bound here.</summary>
    public IReadOnlyList<Example> ExamplesOf(Command command) => _examples.GetValueOrDefault(command, []);

    /// <param name="examples">Calls of the command, for its help.</param>
    /// <param name="measures">Whether the command has metrics to export.</param>
    public Command Bind(
        Command command, IReadOnlyList<Example> examples, Func<ParseResult, Invocation, Task<int>> body, bool measures = false)
    {
        _examples.Add(command, examples);
        command.SetAction(async (parse, _) =>
        {
            var invocation = new Invocation(context, global, parse);
            try
            {
                if (!measures && invocation.Metrics.Any(target => target != "none"))
                {
                    throw new UsageException($"'recon {command.Name}' has no metrics to export: leave out --metrics, which 'recon run' takes.");
                }

                int exitCode = await body(parse, invocation);
                return TellOutputFault(invocation, exitCode);
            }
            catch (OperationCanceledException) when (context.Signals.ExitCode is not null)
            {
                WriteError(invocation, "Stopped.", context.Signals.ExitCode.Value);
                return context.Signals.ExitCode.Value;
            }
#pragma warning disable CA1031 // The one place where a failure becomes a message and an exit code.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var fault = CliFault.Of(exception, invocation.Server, FaultPhase.Command);
                invocation.Failure(fault, exception);
                WriteError(invocation, fault.Message, fault.ExitCode, (exception as DefinitionException)?.Problems);
                return fault.ExitCode;
            }
        });
        return command;
    }

    // A script that reads one document gets one, unless the command failed in the middle of writing it.
    private void WriteError(Invocation invocation, string message, int exitCode, IReadOnlyList<DefinitionProblem>? problems = null)
    {
        if (invocation.Json && !context.HasBegunResult)
        {
            context.Output.Write(ErrorDocument.Write(message, exitCode, problems));
            context.Output.Flush();
        }
    }

    // What a command did counts, not whether its words arrived; where the words were all it did, it failed.
    private int TellOutputFault(Invocation invocation, int exitCode)
    {
        context.Output.Flush();
        if (context.OutputFault is not { } fault || (!invocation.HasActed && context.Output.Fault is null))
        {
            return exitCode;
        }

        context.ErrorLine(
            $"recon: Standard output did not take all of the result: {fault.TrimEnd('.')}. "
            + (invocation.HasActed ? "What the command did is done." : "Nothing else was to be done."));
        return exitCode == ExitCodes.Done && !invocation.HasActed ? ExitCodes.Failed : exitCode;
    }
}
