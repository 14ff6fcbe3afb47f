using System.CommandLine;
using Recon.Postgres.Faults;

namespace Recon.Cli.Hosting;

/// <summary>Binds a command's body, so that every failure ends as one message and an exit code.</summary>
internal sealed class CommandBinder(CliContext context, GlobalOptions global)
{
    /// <param name="measures">Whether the command has metrics to export.</param>
    public Command Bind(Command command, Func<ParseResult, Invocation, Task<int>> body, bool measures = false)
    {
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
                return context.Signals.ExitCode.Value;
            }
#pragma warning disable CA1031 // The one place where a failure becomes a message and an exit code.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var fault = CliFault.Of(exception, invocation.Server, FaultPhase.Command);
                invocation.Failure(fault, exception);
                return fault.ExitCode;
            }
        });
        return command;
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
