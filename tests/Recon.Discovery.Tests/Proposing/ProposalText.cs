using System.Globalization;
using System.Text;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Tests.Proposing;

/// <summary>A proposal for people who look at a failing test.</summary>
internal static class ProposalText
{
    public static string Of(PipelineProposal proposal)
    {
        StringBuilder text = new();
        IdProposal id = proposal.Id;
        text.AppendLine(CultureInfo.InvariantCulture, $"{proposal.Table} by {id.Column} = {id.Key}, id {id.HubspotId}, {id.Type}, {id.Form}, {id.MirrorKeys}, certain {id.IsCertain}: {id.Evidence}");
        foreach (PropertyProposal property in proposal.Properties)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {(property.IsCertain ? "!" : property.IsActive ? " " : "-")} {property.Definition.Property} <- {property.Definition.Column} [{string.Join(", ", property.Definition.Convert.Select(step => step.Label))}] {property.Definition.Comparison.Kind}: {property.Evidence}");
        }

        foreach (ParentProposal parent in proposal.Parents)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  ^ {parent.Name} by {parent.Column} = {parent.Table}.{parent.Key} ({parent.HubspotId}, {parent.Type}), certain {parent.IsCertain}: {parent.Evidence}");
        }

        foreach (FilterProposal filter in proposal.Exclude.Concat(proposal.Where))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  x {filter.Column} = {filter.EqualTo}: {filter.Evidence}");
        }

        foreach (LeftOut left in proposal.Unmapped.Concat(proposal.MirrorUnmapped))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  . {left.Column}: {left.Why}");
        }

        foreach (Question question in proposal.Questions)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  ? {question.Subject}: {question.Text} {string.Join(" | ", question.Options.Select(option => $"{option.Label} ({option.Evidence})"))}");
        }

        return text.ToString();
    }
}
