// Shapes of the platform's share and of claims against cases (docs/api.md).
import type { Limit, Text } from './types'

export interface Share { share: number | null; platform: number; counted: number; own: number; complete: boolean }
interface Named { code: string; name: Text }
export interface PlatformShare extends Share {
  from: string
  to: string
  missing: number
  months: (Share & { month: string })[]
  departments: (Share & { department: Named; missing: string[] })[]
  services: { service: Named; department: Named; share: number | null; platform: number; counted: number; own: number }[]
}
export const VERDICTS = ['contradicted', 'too_few', 'holds'] as const
export type Verdict = (typeof VERDICTS)[number]
export const CLAIMS = ['online', 'visits', 'limit', 'materials'] as const
export type ClaimName = (typeof CLAIMS)[number]
export interface Claim { claim: ClaimName; claimed: 'full' | number | Limit; measured: number | null; verdict: Verdict }
export interface ServiceClaims { service: Named; department: Named; cases: number; verdict: Verdict; claims: Claim[] }
export interface ClaimsReply { from: string; to: string; rules: { least: number; online_least: number; more_most: number; late_most: number }; contradicted: number; too_few: number; holds: number; items: ServiceClaims[] }
export interface ClaimCase { number: string | null; department: Named; filed_at: string; ended_at: string; time: number; materials: number; visits: number; online: boolean; late: boolean }
export interface Measured { from: string; to: string; few: boolean; cases: number | null; online: number | null; visits: number | null; on_time: number | null; materials: number | null }
