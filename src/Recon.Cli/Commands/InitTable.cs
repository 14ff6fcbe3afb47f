using Recon.Cli.Hosting;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;

namespace Recon.Cli.Commands;

/// <summary>Finds the mirror table that holds what a file holds, where nobody named it.</summary>
internal sealed class InitTable(Invocation invocation, Proposer proposer, InitQuestions questions)
{
    // How much better the best one is than the next, to be taken without a question.
    private const double ClearLead = 2;

    /// <param name="table">The one that the user named; null for none.</param>
    /// <exception cref="UsageException">Several tables could be meant, and nobody can be asked.</exception>
    public async Task<PipelineProposal> ProposeAsync(FileSample sample, string? table, CancellationToken cancellationToken)
    {
        invocation.Note(table is null ? "Looks for the ids of the file in the tables of the mirror." : $"Looks for the ids of the file in {table}.");
        PipelineProposal proposal = await proposer.ProposeAsync(sample, table, cancellationToken);
        if (table is not null || proposal.Tables is not [var best, ..])
        {
            return proposal;
        }

        if (proposal.Tables.Count == 1 || best.Score >= ClearLead * proposal.Tables[1].Score)
        {
            invocation.Note($"The table is {best.Table}: {best.Evidence}.");
            return proposal;
        }

        string[] told = [.. proposal.Tables.Select(each => $"{each.Table}: {each.Evidence}")];
        int answer = questions.Choose("Which table of the mirror holds the same records?", told)
            ?? throw new UsageException($"Several tables could hold the same records. Name one with --table:\n{string.Join('\n', told.Select(line => "  " + line))}");
        return answer == 0 ? proposal : await proposer.ProposeAsync(sample, proposal.Tables[answer].Table, cancellationToken);
    }
}
