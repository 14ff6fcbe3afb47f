using Recon.Dataflow.Binding;

namespace Recon.Cli.Hosting;

/// <summary>The command line asks for something that cannot be. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The definition has problems. Exit code 2.</summary>
internal sealed class DefinitionRefusedException(IReadOnlyList<DefinitionProblem> problems)
    : Exception(string.Join('\n', problems.Select(problem => problem.ToString())))
{
    public int Count { get; } = problems.Count;
}
