// Who sits at the enterprise seat: handlers of the body that has the hotline (the department of its service).
import { hasRole, session } from '@/api/session'

const BODY = 'zwj'
export const atSeat = () => hasRole('handler') && (session.actor?.staff?.department as { code?: string } | undefined)?.code === BODY
