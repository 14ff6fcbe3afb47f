using Recon.Review.Audit;
using Recon.Review.Judging;
using Recon.Review.Records;
using Recon.Review.Web;
using Recon.Review.Web.Overview;

namespace Recon.Review;

/// <summary>The pages of <c>recon review</c>, in the order of their navigation. Nothing else names them all.</summary>
internal static class ReviewPages
{
    public static IReadOnlyList<ReviewPage> All { get; } = [OverviewPage.Page, RecordsPage.Page, JudgePage.Page, UnmappedPage.Page, AuditPage.Page];
}
