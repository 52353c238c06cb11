// Who sits at the enterprise seat: handlers of the body that has the hotline (the department of its service).
import { hasRole, session } from '@/api/session'

const BODY = 'zwj'
export const atSeat = () => hasRole('handler') && (session.actor?.staff?.department as { code?: string } | undefined)?.code === BODY
// Who decides about electronic seals: the public security organ's people.
export const sealAuthority = () => hasRole('handler', 'reviewer', 'head') && (session.actor?.staff?.department as { code?: string } | undefined)?.code === 'gaj'
