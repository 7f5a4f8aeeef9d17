/** Which permissions a change needs in which environment. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Environment } from '../../protocol/audit.ts';

export interface Permissions {
  readonly environment: Environment;
  /** The change ticket, from `--ticket` or MILLWRIGHT_TICKET. */
  readonly ticket: string | undefined;
  /** Who approved, from `--approved-by` or MILLWRIGHT_APPROVED_BY. */
  readonly approvedBy: string | undefined;
}

/**
 * homelab and development need nothing, staging a ticket, production a ticket and an approval.
 * @throws AppError `safety.ticketMissing`, `safety.approvalMissing` (kind usage)
 */
export function requirePermissions({ environment, ticket, approvedBy }: Permissions): void {
  if (environment === 'homelab' || environment === 'development') return;
  if (ticket === undefined || ticket.trim() === '') {
    throw new AppError('safety.ticketMissing', t('A change in {environment} needs a change ticket.', { environment }), {
      kind: 'usage',
      args: { environment },
      remedy: t('Name it with --ticket or in MILLWRIGHT_TICKET.'),
    });
  }
  if (environment === 'production' && (approvedBy === undefined || approvedBy.trim() === '')) {
    throw new AppError('safety.approvalMissing', t('A change in production needs an approval.'), {
      kind: 'usage',
      args: { environment },
      remedy: t('Name who approved it with --approved-by or in MILLWRIGHT_APPROVED_BY.'),
    });
  }
}

/** The ticket as the audit log shows it: with the approval, or null where the environment asks for none and none was given. */
export function ticketText({ ticket, approvedBy }: Permissions): string | null {
  if (approvedBy !== undefined && approvedBy.trim() !== '') {
    return t('{ticket}, approved by {name}', { ticket: ticket ?? t('no ticket'), name: approvedBy });
  }
  return ticket === undefined || ticket.trim() === '' ? null : ticket;
}
