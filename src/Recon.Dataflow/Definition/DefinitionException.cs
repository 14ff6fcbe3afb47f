using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>A definition cannot be used.</summary>
/// <param name="problems">Everything that is wrong with it, in the order of the file.</param>
public sealed class DefinitionException(IReadOnlyList<DefinitionProblem> problems)
    : Exception(string.Join('\n', problems.Select(problem => problem.ToString())))
{
    /// <summary>Everything that is wrong with it, in the order of the file.</summary>
    public IReadOnlyList<DefinitionProblem> Problems { get; } = problems;
}
